#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/**
 * The path as it is now: the folder of an app gets another name with each update and each restore
 * of the device, so a path that was kept from before names a folder that is gone. Paths outside of
 * such folders stay as they are. `home` is the app's folder now.
 */
FOUNDATION_EXPORT NSString *S3BContainerPath(NSString *path, NSString *home);

NS_ASSUME_NONNULL_END
