#import <Foundation/Foundation.h>

#import "S3BTask.h"

NS_ASSUME_NONNULL_BEGIN

@protocol S3BFileHashObserver <NSObject>
/** Told on the hashing thread after every piece. NO ends the run with `aborted`. */
- (BOOL)continueAfterHashing:(uint64_t)bytes;
@end

/**
 * XXH64 of the file as 16 lower-case hex digits. Blocks until it is done. Fails with `aborted`, the
 * codes of `S3BFileOpen`, and `source_changed` when the file changed meanwhile.
 */
FOUNDATION_EXPORT NSString *_Nullable S3BFileHash(S3BFileRef *file,
                                                  id<S3BFileHashObserver> observer,
                                                  NSError **error);

NS_ASSUME_NONNULL_END
