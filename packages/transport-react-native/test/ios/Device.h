#import "FakeSession.h"
#import "S3BQueue.h"

/** A device: what lies on its disk, the session of the system, and a queue while the app lives. */
@interface Device : NSObject <S3BQueueListener> {
 @public
  NSString *folder;
  NSString *ledgerPath;
  S3BFileRef *file;
  S3BSlices *slices;
  S3BLedger *ledger;
  FakeSession *session;
  S3BQueue *queue;
  NSMutableArray<NSDictionary *> *heard;
  NSUInteger results;
}

/** The app starts, on power or not. What the system still has is not asked for yet. */
- (void)launch:(BOOL)charging;
/** It starts on power and takes over what the system has. */
- (void)start;

/** Ten bytes of the film, with the id u/1/number. */
- (S3BTask *)part:(NSUInteger)number;
/** Enqueues the first parts. */
- (void)enqueue:(NSUInteger)count;
- (NSArray *)states;
- (NSString *)stateOf:(NSString *)taskId;

/** The storage confirms the part that the session has. */
- (void)answer:(NSString *)taskId;
- (void)answer:(NSString *)taskId handle:(NSUInteger)handle;
- (void)breakOff:(NSString *)taskId handle:(NSUInteger)handle;
- (NSArray *)sliceFiles;
@end
