#import "S3BURLRequest.h"

static NSURL *asItIs(NSString *text) {
  NSURL *url = nil;
  if (@available(iOS 17.0, *)) {
    url = [NSURL URLWithString:text encodingInvalidCharacters:NO];
  } else {
    url = [NSURL URLWithString:text];
  }
  return [url.absoluteString isEqualToString:text] ? url : nil;
}

NSURLRequest *S3BURLRequestMake(NSString *url, S3BConstraints *constraints) {
  NSURL *target = asItIs(url);
  if (target == nil) return nil;
  NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:target];
  request.HTTPMethod = @"PUT";
  request.cachePolicy = NSURLRequestReloadIgnoringLocalCacheData;
  request.allowsCellularAccess = constraints.allowsCellular;
  request.allowsExpensiveNetworkAccess = !constraints.unmetered;
  return request;
}
