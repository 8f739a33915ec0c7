#import "FakeSession.h"

@implementation FakeSession
@synthesize tasks = _tasks;
@synthesize cancelled = _cancelled;
@synthesize constraints = _constraints;
@synthesize handles = _handles;
@synthesize refusal = _refusal;

- (instancetype)init {
  if ((self = [super init])) {
    _tasks = [[NSMutableArray alloc] init];
    _cancelled = [[NSMutableArray alloc] init];
    _paths = [[NSMutableDictionary alloc] init];
  }
  return self;
}

- (BOOL)put:(NSString *)taskId
            url:(NSString *)url
           path:(NSString *)path
    constraints:(S3BConstraints *)constraints
         handle:(NSUInteger *)handle
          error:(NSError **)error {
  if (_refusal != nil) {
    *error = _refusal;
    _refusal = nil;
    return NO;
  }
  *handle = ++_handles;
  _constraints = constraints;
  [_paths setObject:path forKey:@(*handle)];
  [_tasks addObject:[[S3BSessionTask alloc] initWithId:taskId handle:*handle]];
  return [url hasPrefix:@"https://b.test/"];
}

- (void)cancel:(NSUInteger)handle {
  for (S3BSessionTask *task in [NSArray arrayWithArray:_tasks]) {
    if (task.handle != handle) continue;
    [_tasks removeObject:task];
    [_cancelled addObject:@(handle)];
  }
}

- (S3BSessionTask *)taskForId:(NSString *)taskId {
  for (S3BSessionTask *task in _tasks) {
    if ([task.taskId isEqualToString:taskId]) return task;
  }
  return nil;
}

- (NSString *)pathForHandle:(NSUInteger)handle {
  return [_paths objectForKey:@(handle)];
}

- (NSUInteger)take:(NSString *)taskId {
  S3BSessionTask *task = [self taskForId:taskId];
  [_tasks removeObject:task];
  return task.handle;
}

@end
