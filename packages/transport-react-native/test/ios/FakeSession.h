#import "S3BQueue.h"

/**
 * Stands in for the background NSURLSession, as far as a queue sees it: it outlives queues, keeps
 * what it was given until somebody says how it ended, and may have ended what is being cancelled.
 */
@interface FakeSession : NSObject <S3BSession> {
 @private
  NSMutableArray<S3BSessionTask *> *_tasks;
  NSMutableArray<NSNumber *> *_cancelled;
  NSMutableDictionary<NSNumber *, NSString *> *_paths;
  NSUInteger _handles;
  S3BConstraints *_constraints;
  NSError *_refusal;
}
/** What it has and was not told to cancel. */
@property(nonatomic, strong, readonly) NSMutableArray<S3BSessionTask *> *tasks;
@property(nonatomic, strong, readonly) NSMutableArray<NSNumber *> *cancelled;
/** Those of the last request. */
@property(nonatomic, strong, readonly) S3BConstraints *constraints;
/** Exchanges so far. */
@property(nonatomic, readonly) NSUInteger handles;
/** What it answers to the next `put`, as where the file is gone. */
@property(nonatomic, strong) NSError *refusal;

- (S3BSessionTask *)taskForId:(NSString *)taskId;
/** The file that the exchange sends. */
- (NSString *)pathForHandle:(NSUInteger)handle;
/** Takes the task out, to be said to have ended. */
- (NSUInteger)take:(NSString *)taskId;
@end
