#import <React/RCTInvalidating.h>
#import <S3BgUploaderSpec/S3BgUploaderSpec.h>

#import "S3BUploads.h"

/** The TurboModule: src/specs/NativeS3BgUploader.ts says what its methods mean. */
@interface S3BgUploaderModule
    : NativeS3BgUploaderSpecBase <NativeS3BgUploaderSpec, RCTInvalidating, S3BUploadsListener>
@end
