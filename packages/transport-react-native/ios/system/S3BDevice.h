#import <Foundation/Foundation.h>

#import "S3BConstraints.h"

NS_ASSUME_NONNULL_BEGIN

/** Watches what constraints ask for: which kind of network is in use, and whether there is power.
 */
@interface S3BDevice : NSObject

/** Tells `changed` on that queue: once at first, then whenever something has changed. */
- (instancetype)initWithQueue:(dispatch_queue_t)queue
                      changed:(void (^)(S3BConditions *conditions))changed;
- (void)start;

@end

NS_ASSUME_NONNULL_END
