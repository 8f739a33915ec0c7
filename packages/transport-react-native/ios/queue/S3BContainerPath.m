#import "S3BContainerPath.h"

static NSString *const Containers = @"/Containers/Data/Application/";

/** Where the name of the container ends, or NSNotFound where there is none. */
static NSUInteger endOfContainer(NSString *path) {
  NSRange containers = [path rangeOfString:Containers];
  if (containers.location == NSNotFound) return NSNotFound;
  NSUInteger start = NSMaxRange(containers);
  NSRange rest = NSMakeRange(start, path.length - start);
  NSUInteger end = [path rangeOfString:@"/" options:NSLiteralSearch range:rest].location;
  NSUInteger length = (end == NSNotFound ? path.length : end) - start;
  NSString *name = [path substringWithRange:NSMakeRange(start, length)];
  return [[NSUUID alloc] initWithUUIDString:name] == nil ? NSNotFound : start + length;
}

NSString *S3BContainerPath(NSString *path, NSString *home) {
  NSUInteger end = endOfContainer(path);
  NSUInteger homeEnd = endOfContainer(home);
  if (end == NSNotFound || homeEnd == NSNotFound) return path;
  return [[home substringToIndex:homeEnd] stringByAppendingString:[path substringFromIndex:end]];
}
