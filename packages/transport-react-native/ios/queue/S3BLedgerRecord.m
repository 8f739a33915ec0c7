#import "S3BLedgerRecord.h"

static const int64_t LargestNumber = 9007199254740991;  // 2^53 - 1: exact in JavaScript.

/** Reads a decimal number without sign, leading zeros or exponent. */
static BOOL readNumber(NSString *text, uint64_t *number) {
  if (text.length == 0 || text.length > 16) return NO;
  if (text.length > 1 && [text characterAtIndex:0] == '0') return NO;
  uint64_t value = 0;
  for (NSUInteger i = 0; i < text.length; i++) {
    unichar digit = [text characterAtIndex:i];
    if (digit < '0' || digit > '9') return NO;
    value = value * 10 + (digit - '0');
  }
  *number = value;
  return value <= (uint64_t)LargestNumber;
}

static BOOL readTime(NSString *text, int64_t *time) {
  BOOL negative = [text hasPrefix:@"-"];
  uint64_t number = 0;
  if (!readNumber(negative ? [text substringFromIndex:1] : text, &number)) return NO;
  if (negative && number == 0) return NO;
  *time = negative ? -(int64_t)number : (int64_t)number;
  return YES;
}

static BOOL readFlag(NSString *text, BOOL *flag) {
  *flag = [text isEqualToString:@"1"];
  return *flag || [text isEqualToString:@"0"];
}

static S3BEntry *readTask(NSArray<NSString *> *fields) {
  if (fields.count != 8) return nil;
  uint64_t size = 0, start = 0, end = 0;
  int64_t lastModified = 0;
  NSString *taskId = [fields objectAtIndex:1];
  if (taskId.length == 0 || !readNumber([fields objectAtIndex:4], &size) ||
      !readTime([fields objectAtIndex:5], &lastModified) ||
      !readNumber([fields objectAtIndex:6], &start) ||
      !readNumber([fields objectAtIndex:7], &end) || start > end || end > size) {
    return nil;
  }
  S3BFileRef *file = [[S3BFileRef alloc] initWithPath:[fields objectAtIndex:3]
                                                 size:size
                                         lastModified:lastModified];
  return [S3BEntry waiting:[[S3BTask alloc] initWithId:taskId
                                                   url:[fields objectAtIndex:2]
                                                  file:file
                                                 start:start
                                                   end:end]];
}

static S3BEntry *readAnswered(NSArray<NSString *> *fields) {
  uint64_t status = 0;
  if (fields.count < 4 || fields.count % 2 != 0) return nil;
  if (!readNumber([fields objectAtIndex:2], &status)) return nil;
  NSMutableArray<S3BHeader *> *headers = [NSMutableArray array];
  for (NSUInteger i = 4; i < fields.count; i += 2) {
    [headers
        addObject:@{@"name" : [fields objectAtIndex:i], @"value" : [fields objectAtIndex:i + 1]}];
  }
  return [S3BEntry answered:[fields objectAtIndex:1]
                     status:(NSInteger)status
                    headers:headers
                       body:[fields objectAtIndex:3]];
}

static S3BEntry *readBroken(NSArray<NSString *> *fields) {
  if (fields.count != 4) return nil;
  return [S3BEntry broken:[fields objectAtIndex:1]
                     code:[fields objectAtIndex:2]
                  message:[fields objectAtIndex:3]];
}

static S3BConstraints *readConstraints(NSArray<NSString *> *fields) {
  BOOL unmetered = NO, notRoaming = NO, charging = NO;
  if (fields.count != 4 || !readFlag([fields objectAtIndex:1], &unmetered) ||
      !readFlag([fields objectAtIndex:2], &notRoaming) ||
      !readFlag([fields objectAtIndex:3], &charging)) {
    return nil;
  }
  return [[S3BConstraints alloc] initWithUnmetered:unmetered
                                        notRoaming:notRoaming
                                          charging:charging];
}

static NSString *decimal(int64_t number) {
  return [NSString stringWithFormat:@"%lld", (long long)number];
}

@implementation S3BLedgerRecord
@synthesize entry = _entry;
@synthesize forgotten = _forgotten;
@synthesize constraints = _constraints;

+ (instancetype)recordWithFields:(NSArray<NSString *> *)fields {
  NSString *kind = fields.firstObject;
  S3BLedgerRecord *record = [[self alloc] init];
  if ([kind isEqualToString:@"task"]) {
    record->_entry = readTask(fields);
  } else if ([kind isEqualToString:@"answered"]) {
    record->_entry = readAnswered(fields);
  } else if ([kind isEqualToString:@"broken"]) {
    record->_entry = readBroken(fields);
  } else if ([kind isEqualToString:@"forgotten"] && fields.count == 2) {
    record->_forgotten = [fields objectAtIndex:1];
  } else if ([kind isEqualToString:@"constraints"]) {
    record->_constraints = readConstraints(fields);
  }
  BOOL understood =
      record->_entry != nil || record->_forgotten != nil || record->_constraints != nil;
  return understood ? record : nil;
}

+ (NSArray<NSString *> *)fieldsOfEntry:(S3BEntry *)entry {
  switch (entry.state) {
    case S3BStateWaiting: {
      S3BTask *task = entry.task;
      return @[
        @"task", task.taskId, task.url, task.file.path, decimal((int64_t)task.file.size),
        decimal(task.file.lastModified), decimal((int64_t)task.start), decimal((int64_t)task.end)
      ];
    }
    case S3BStateAnswered: {
      NSMutableArray<NSString *> *fields = [NSMutableArray
          arrayWithObjects:@"answered", entry.taskId, decimal(entry.status), entry.body, nil];
      for (S3BHeader *header in entry.headers) {
        [fields addObject:[header objectForKey:@"name"]];
        [fields addObject:[header objectForKey:@"value"]];
      }
      return fields;
    }
    case S3BStateBroken:
      return @[ @"broken", entry.taskId, entry.code, entry.message ];
  }
}

+ (NSArray<NSString *> *)fieldsOfForgotten:(NSString *)taskId {
  return @[ @"forgotten", taskId ];
}

+ (NSArray<NSString *> *)fieldsOfConstraints:(S3BConstraints *)constraints {
  return @[
    @"constraints", constraints.unmetered ? @"1" : @"0", constraints.notRoaming ? @"1" : @"0",
    constraints.charging ? @"1" : @"0"
  ];
}

@end
