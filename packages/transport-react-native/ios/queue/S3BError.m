#import "S3BError.h"

#include <string.h>

S3BCode const S3BCodeFileNotFound = @"file_not_found";
S3BCode const S3BCodeFileNotRegular = @"file_not_regular";
S3BCode const S3BCodeFileUnreadable = @"file_unreadable";
S3BCode const S3BCodeSourceChanged = @"source_changed";
S3BCode const S3BCodeAborted = @"aborted";
S3BCode const S3BCodeStoreFailed = @"store_failed";
S3BCode const S3BCodeNetwork = @"network";

static NSString *const CodeKey = @"code";

NSError *S3BErrorMake(S3BCode code, NSString *message) {
  NSDictionary *info = @{CodeKey : code, NSLocalizedDescriptionKey : message};
  return [NSError errorWithDomain:@"S3BgUploader" code:1 userInfo:info];
}

NSError *S3BErrorMakeFromErrno(S3BCode code, NSString *message, int number) {
  return S3BErrorMake(code, [NSString stringWithFormat:@"%@: %s", message, strerror(number)]);
}

S3BCode S3BErrorCode(NSError *error) {
  return [error.userInfo objectForKey:CodeKey];
}

BOOL S3BFail(NSError **error, NSError *made) {
  if (error != NULL) *error = made;
  return NO;
}
