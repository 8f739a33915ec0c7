#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** The codes that cross to JavaScript, in rejections and in broken tasks (native-module.ts). */
typedef NSString *S3BCode;
FOUNDATION_EXPORT S3BCode const S3BCodeFileNotFound;
FOUNDATION_EXPORT S3BCode const S3BCodeFileNotRegular;
FOUNDATION_EXPORT S3BCode const S3BCodeFileUnreadable;
FOUNDATION_EXPORT S3BCode const S3BCodeSourceChanged;
FOUNDATION_EXPORT S3BCode const S3BCodeAborted;
FOUNDATION_EXPORT S3BCode const S3BCodeStoreFailed;
/** Only in broken tasks: the exchange broke. */
FOUNDATION_EXPORT S3BCode const S3BCodeNetwork;

/** An error of ours. The message is for people and holds no URL. */
FOUNDATION_EXPORT NSError *S3BErrorMake(S3BCode code, NSString *message);
/** The same, ending in what `errno` says. */
FOUNDATION_EXPORT NSError *S3BErrorMakeFromErrno(S3BCode code, NSString *message, int number);
/** The code of an error of ours. */
FOUNDATION_EXPORT S3BCode S3BErrorCode(NSError *error);

/** Stores `made` where the caller wants to know it. Always NO, so that it can be returned. */
FOUNDATION_EXPORT BOOL S3BFail(NSError *_Nullable *_Nullable error, NSError *made);

NS_ASSUME_NONNULL_END
