#import "S3BgUploaderBackground.h"

#import "S3BURLSession.h"
#import "S3BUploads.h"

@implementation S3BgUploaderBackground

+ (BOOL)handleEventsForSession:(NSString *)identifier
             completionHandler:(void (^)(void))completionHandler {
  if (![identifier isEqualToString:S3BURLSessionIdentifier]) return NO;
  [S3BUploads.shared wokenWithHandler:completionHandler];
  return YES;
}

@end
