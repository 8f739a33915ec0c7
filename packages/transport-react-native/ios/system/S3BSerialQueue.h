#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** A serial queue that frees memory after each piece of work, and not only when it is idle. */
FOUNDATION_EXPORT dispatch_queue_t S3BSerialQueue(const char *name);

NS_ASSUME_NONNULL_END
