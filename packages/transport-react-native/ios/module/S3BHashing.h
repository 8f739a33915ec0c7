#import <Foundation/Foundation.h>

#import "S3BTask.h"

NS_ASSUME_NONNULL_BEGIN

/** Hashes files one after the other, away from the threads of JavaScript and of the queue. */
@interface S3BHashing : NSObject

/**
 * `progress` is called every 16 MiB and `done` once, both on the hashing thread. The error is that
 * of `S3BFileHash`.
 */
- (void)hash:(NSString *)runId
        file:(S3BFileRef *)file
    progress:(void (^)(uint64_t bytes))progress
        done:(void (^)(NSString *_Nullable hash, NSError *_Nullable error))done;

/** Ends that run with `aborted`. Unknown ids are ignored. */
- (void)cancel:(NSString *)runId;
- (void)cancelAll;

@end

NS_ASSUME_NONNULL_END
