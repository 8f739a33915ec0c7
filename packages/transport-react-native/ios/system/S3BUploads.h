#import <Foundation/Foundation.h>

#import "S3BConstraints.h"
#import "S3BQueue.h"

NS_ASSUME_NONNULL_BEGIN

/** What JavaScript hears of; called on the thread of the queue. */
@protocol S3BUploadsListener <NSObject>
- (void)taskChanged:(NSDictionary *)status;
- (void)constrainedChanged:(BOOL)constrained;
@end

/**
 * The one queue of this process with everything it needs, whether JavaScript is there or not. Opens
 * itself at launch; when that fails, as before the first unlock of the device, the next call tries
 * again.
 */
@interface S3BUploads : NSObject

@property(class, nonatomic, readonly) S3BUploads *shared;

- (void)open;

/** Runs on the thread of the queue once it is open; `failed` with `store_failed` when it cannot be.
 */
- (void)perform:(void (^)(S3BQueue *queue))work failed:(void (^)(NSError *error))failed;

/** Whether what the device offers now breaks the constraints. Only within `perform`. */
- (BOOL)isConstrained;
/** Tells the listener when that has changed since it was last told or asked. Only within `perform`.
 */
- (void)tellConstrained;
/** Runs on the thread of the queue, whether that is open or not. */
- (void)serially:(void (^)(void))work;
/** Only on the thread of the queue. It is not kept alive. */
@property(nonatomic, weak, nullable) id<S3BUploadsListener> listener;

/** The system woke the app for results; `handler` is called once it may suspend it again. */
- (void)wokenWithHandler:(void (^)(void))handler;
/** JavaScript has dealt with all results and filled the queue. */
- (void)finishWake;

/** What a Live Activity says while one runs. */
- (void)setTitle:(NSString *)title subtitle:(NSString *)subtitle;

@end

NS_ASSUME_NONNULL_END
