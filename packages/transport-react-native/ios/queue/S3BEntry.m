#import "S3BEntry.h"

@implementation S3BEntry
@synthesize taskId = _taskId;
@synthesize state = _state;
@synthesize task = _task;
@synthesize status = _status;
@synthesize headers = _headers;
@synthesize body = _body;
@synthesize code = _code;
@synthesize message = _message;

- (instancetype)initWithId:(NSString *)taskId state:(S3BState)state {
  if ((self = [super init])) {
    _taskId = [taskId copy];
    _state = state;
  }
  return self;
}

+ (instancetype)waiting:(S3BTask *)task {
  S3BEntry *entry = [[self alloc] initWithId:task.taskId state:S3BStateWaiting];
  entry->_task = task;
  return entry;
}

+ (instancetype)answered:(NSString *)taskId
                  status:(NSInteger)status
                 headers:(NSArray<S3BHeader *> *)headers
                    body:(NSString *)body {
  S3BEntry *entry = [[self alloc] initWithId:taskId state:S3BStateAnswered];
  entry->_status = status;
  entry->_headers = [headers copy];
  entry->_body = [body copy];
  return entry;
}

+ (instancetype)broken:(NSString *)taskId code:(S3BCode)code message:(NSString *)message {
  S3BEntry *entry = [[self alloc] initWithId:taskId state:S3BStateBroken];
  entry->_code = [code copy];
  entry->_message = [message copy];
  return entry;
}

@end
