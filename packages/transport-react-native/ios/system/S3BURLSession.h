#import <Foundation/Foundation.h>

#import "S3BQueue.h"
#import "S3BSession.h"

NS_ASSUME_NONNULL_BEGIN

/** The one identifier of the one background session. It must never change: tasks hang on it. */
FOUNDATION_EXPORT NSString *const S3BURLSessionIdentifier;

/** The background NSURLSession as the queue's session. */
@interface S3BURLSession : NSObject <S3BSession>

/** Everything happens on `serial`. */
- (instancetype)initWithQueue:(dispatch_queue_t)serial;

/**
 * Takes up what the system kept, and from then on tells `queue` what becomes of it. `known` gets
 * the tasks that have not ended, once. `delivered` is called when a wake has brought all it had.
 */
- (void)connectTo:(S3BQueue *)queue
            known:(void (^)(NSArray<S3BSessionTask *> *tasks))known
        delivered:(void (^)(void))delivered;

@end

NS_ASSUME_NONNULL_END
