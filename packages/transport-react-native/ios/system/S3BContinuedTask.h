#import <Foundation/Foundation.h>

#import "S3BQueue.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * An accelerator for iOS 26: asks the system to keep the app running, with a Live Activity, while
 * parts wait, so that JavaScript refills the queue at once. Parts go on without it. Off unless the
 * app's Info.plist names a task under `S3BgUploaderContinuedTask` that is among its
 * `BGTaskSchedulerPermittedIdentifiers`.
 */
@interface S3BContinuedTask : NSObject

/** What the Live Activity says. */
- (void)setTitle:(NSString *)title subtitle:(NSString *)subtitle;
/** Shows how far the queue is; begins when parts wait, and ends when none does. */
- (void)follow:(S3BQueue *)queue;
/** A part has ended, however it did. */
- (void)partEnded;

@end

NS_ASSUME_NONNULL_END
