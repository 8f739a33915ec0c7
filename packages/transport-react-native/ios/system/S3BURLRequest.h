#import <Foundation/Foundation.h>

#import "S3BConstraints.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * A PUT to the URL exactly as it is, over the networks that the constraints allow. nil when the
 * system would change the URL: a presigned one is signed as it is written.
 */
FOUNDATION_EXPORT NSURLRequest *_Nullable S3BURLRequestMake(NSString *url,
                                                            S3BConstraints *constraints);

NS_ASSUME_NONNULL_END
