#import <Foundation/Foundation.h>

#import "S3BConstraints.h"

NS_ASSUME_NONNULL_BEGIN

/** What a session has of one task that it is to send. */
@interface S3BSessionTask : NSObject {
 @private
  NSString *_taskId;
  NSUInteger _handle;
  uint64_t _sentBytes;
}
@property(nonatomic, copy, readonly) NSString *taskId;
/** Names this exchange within its session; a task that is started again gets another one. */
@property(nonatomic, readonly) NSUInteger handle;
@property(nonatomic) uint64_t sentBytes;

- (instancetype)initWithId:(NSString *)taskId handle:(NSUInteger)handle;
@end

/**
 * Sends files while the app is suspended or dead: the background NSURLSession. What becomes of each
 * exchange it tells the queue, on the queue's thread, also after a launch that it caused.
 */
@protocol S3BSession <NSObject>
/**
 * Starts a PUT of the file at `path` and sets its handle. `network` when it cannot be started.
 * Never calls back into the queue from within.
 */
- (BOOL)put:(NSString *)taskId
            url:(NSString *)url
           path:(NSString *)path
    constraints:(S3BConstraints *)constraints
         handle:(NSUInteger *)handle
          error:(NSError **)error;
/** Stops an exchange. It may still say that it was answered. Handles that name nothing are ignored.
 */
- (void)cancel:(NSUInteger)handle;
@end

NS_ASSUME_NONNULL_END
