#import "Device.h"

#import "S3BAnswer.h"
#import "S3BBridge.h"
#import "S3BFile.h"
#import "expect.h"

@implementation Device

- (instancetype)init {
  if ((self = [super init])) {
    folder = S3BTestFolder();
    ledgerPath = [S3BTestFolder() stringByAppendingPathComponent:@"ledger"];
    file = S3BFileAt(S3BTestFile(S3BTestFolder(), @"film", 100), NULL);
    slices = [[S3BSlices alloc] initWithFolder:folder];
    session = [[FakeSession alloc] init];
    heard = [[NSMutableArray alloc] init];
  }
  return self;
}

- (void)launch:(BOOL)charging {
  [ledger close];
  ledger = [S3BLedger ledgerAtPath:ledgerPath error:NULL];
  queue = [[S3BQueue alloc] initWithLedger:ledger
                                    slices:slices
                                   session:session
                                  charging:charging
                                  listener:self];
  [heard removeAllObjects];
}

- (void)start {
  [self launch:YES];
  [queue adopt:[NSArray arrayWithArray:session.tasks]];
}

- (S3BTask *)part:(NSUInteger)number {
  NSString *taskId = [NSString stringWithFormat:@"u/1/%lu", (unsigned long)number];
  return [[S3BTask alloc] initWithId:taskId
                                 url:@"https://b.test/k?X-Amz-Signature=1"
                                file:file
                               start:(number - 1) * 10
                                 end:number * 10];
}

- (void)enqueue:(NSUInteger)count {
  NSMutableArray *tasks = [NSMutableArray array];
  for (NSUInteger number = 1; number <= count; number++) [tasks addObject:[self part:number]];
  EXPECT([queue enqueue:tasks error:NULL]);
}

- (NSArray *)states {
  return [queue.list valueForKey:@"state"];
}

- (NSString *)stateOf:(NSString *)taskId {
  for (NSDictionary *status in queue.list) {
    if ([[status objectForKey:@"id"] isEqual:taskId]) return [status objectForKey:@"state"];
  }
  return nil;
}

- (void)answer:(NSString *)taskId {
  [self answer:taskId handle:[session take:taskId]];
}

- (void)answer:(NSString *)taskId handle:(NSUInteger)handle {
  [queue ended:S3BAnswered(taskId, 200, @{@"Etag" : @"\"e\""}, nil) handle:handle];
}

- (void)breakOff:(NSString *)taskId handle:(NSUInteger)handle {
  NSError *reset = [NSError errorWithDomain:NSURLErrorDomain code:-1005 userInfo:nil];
  [queue ended:S3BBroken(taskId, reset) handle:handle];
}

- (NSArray *)sliceFiles {
  return [[NSFileManager defaultManager] contentsOfDirectoryAtPath:folder error:NULL];
}

- (void)taskChanged:(NSDictionary *)status {
  [heard addObject:status];
  // Whoever hears of an end finds it in the ledger that a new process would read.
  if ([[status objectForKey:@"state"] isEqual:@"running"]) return;
  S3BLedgerFold *asFound = [[S3BLedgerFold alloc] init];
  [asFound readData:[NSData dataWithContentsOfFile:ledgerPath]];
  S3BEntry *entry = [asFound entryForId:[status objectForKey:@"id"]];
  EXPECT(entry != nil);
  EXPECT_EQUAL(S3BStatusOfEntry(entry), status);
}

- (void)resultRecorded {
  results++;
}

@end
