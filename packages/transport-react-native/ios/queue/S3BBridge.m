#import "S3BBridge.h"

#include <math.h>

NSDictionary *S3BStatusOfEntry(S3BEntry *entry) {
  switch (entry.state) {
    case S3BStateWaiting:
      return @{@"id" : entry.taskId, @"state" : @"waiting"};
    case S3BStateAnswered: {
      NSMutableDictionary *status = [NSMutableDictionary dictionary];
      [status setObject:entry.taskId forKey:@"id"];
      [status setObject:@"answered" forKey:@"state"];
      [status setObject:@(entry.status) forKey:@"status"];
      [status setObject:entry.headers forKey:@"headers"];
      if (entry.body.length > 0) [status setObject:entry.body forKey:@"body"];
      return status;
    }
    case S3BStateBroken:
      return @{
        @"id" : entry.taskId,
        @"state" : @"broken",
        @"code" : entry.code,
        @"message" : entry.message
      };
  }
}

NSDictionary *S3BStatusOfRunning(NSString *taskId, uint64_t sentBytes) {
  return @{@"id" : taskId, @"state" : @"running", @"sentBytes" : @(sentBytes)};
}

NSDictionary *S3BDictionaryOfFile(S3BFileRef *file) {
  return @{
    @"name" : file.path.lastPathComponent,
    @"size" : @(file.size),
    @"lastModified" : @(file.lastModified)
  };
}

/** Numbers cross as doubles; whole ones below 2^53 are exact. */
static BOOL isWhole(id value, BOOL mayBeNegative) {
  if (![value isKindOfClass:[NSNumber class]]) return NO;
  double number = [value doubleValue];
  return floor(number) == number && fabs(number) < 9007199254740992.0 &&
         (mayBeNegative || number >= 0);
}

static S3BTask *taskFrom(id value) {
  if (![value isKindOfClass:[NSDictionary class]]) return nil;
  id taskId = [value objectForKey:@"id"];
  id url = [value objectForKey:@"url"];
  id file = [value objectForKey:@"file"];
  id start = [value objectForKey:@"start"];
  id end = [value objectForKey:@"end"];
  if (![taskId isKindOfClass:[NSString class]] || [taskId length] == 0) return nil;
  if (![url isKindOfClass:[NSString class]] || ![file isKindOfClass:[NSDictionary class]])
    return nil;
  id path = [file objectForKey:@"path"];
  id size = [file objectForKey:@"size"];
  id lastModified = [file objectForKey:@"lastModified"];
  if (![path isKindOfClass:[NSString class]] || !isWhole(size, NO) || !isWhole(lastModified, YES) ||
      !isWhole(start, NO) || !isWhole(end, NO)) {
    return nil;
  }
  uint64_t first = [start unsignedLongLongValue];
  uint64_t last = [end unsignedLongLongValue];
  if (first > last || last > [size unsignedLongLongValue]) return nil;
  S3BFileRef *ref = [[S3BFileRef alloc] initWithPath:path
                                                size:[size unsignedLongLongValue]
                                        lastModified:[lastModified longLongValue]];
  return [[S3BTask alloc] initWithId:taskId url:url file:ref start:first end:last];
}

NSArray<S3BTask *> *S3BTasksFrom(NSArray *dictionaries, NSError **error) {
  NSMutableArray<S3BTask *> *tasks = [NSMutableArray array];
  for (id value in dictionaries) {
    S3BTask *task = taskFrom(value);
    if (task == nil) {
      S3BFail(error, S3BErrorMake(@"internal", @"What was enqueued is not a task"));
      return nil;
    }
    [tasks addObject:task];
  }
  return tasks;
}
