#import <S3BgUploaderSpec/S3BgUploaderSpec.h>

#import "S3BUploads.h"

/**
 * The TurboModule: src/specs/NativeS3BgUploader.ts says what its methods mean. React Native makes
 * one instance and keeps it over reloads of JavaScript.
 */
@interface S3BgUploaderModule
    : NativeS3BgUploaderSpecBase <NativeS3BgUploaderSpec, S3BUploadsListener>
@end
