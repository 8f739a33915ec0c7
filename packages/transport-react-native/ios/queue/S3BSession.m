#import "S3BSession.h"

@implementation S3BSessionTask
@synthesize taskId = _taskId;
@synthesize handle = _handle;
@synthesize sentBytes = _sentBytes;

- (instancetype)initWithId:(NSString *)taskId handle:(NSUInteger)handle {
  if ((self = [super init])) {
    _taskId = [taskId copy];
    _handle = handle;
  }
  return self;
}

@end
