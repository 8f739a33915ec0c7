#import "S3BTask.h"

@implementation S3BFileRef
@synthesize path = _path;
@synthesize size = _size;
@synthesize lastModified = _lastModified;

- (instancetype)initWithPath:(NSString *)path
                        size:(uint64_t)size
                lastModified:(int64_t)lastModified {
  if ((self = [super init])) {
    _path = [path copy];
    _size = size;
    _lastModified = lastModified;
  }
  return self;
}

@end

@implementation S3BTask
@synthesize taskId = _taskId;
@synthesize url = _url;
@synthesize file = _file;
@synthesize start = _start;
@synthesize end = _end;

- (instancetype)initWithId:(NSString *)taskId
                       url:(NSString *)url
                      file:(S3BFileRef *)file
                     start:(uint64_t)start
                       end:(uint64_t)end {
  if ((self = [super init])) {
    _taskId = [taskId copy];
    _url = [url copy];
    _file = file;
    _start = start;
    _end = end;
  }
  return self;
}

@end
