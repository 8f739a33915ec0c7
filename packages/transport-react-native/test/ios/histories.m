#import "Device.h"
#import "S3BError.h"
#import "expect.h"

#include <stdlib.h>

enum { Histories = 150, Steps = 60, Parts = 10 };

/** The same numbers for the same seed, on every machine. */
static NSUInteger drawn(uint64_t *seed, NSUInteger below) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (NSUInteger)((*seed >> 33) % below);
}

/** What the app would do with what the queue says: acknowledge ends, put again what broke. */
static void dealWithResults(Device *device, NSMutableSet *confirmed, uint64_t *seed) {
  for (NSDictionary *status in device->queue.list) {
    NSString *taskId = [status objectForKey:@"id"];
    NSString *state = [status objectForKey:@"state"];
    if ([state isEqual:@"answered"]) {
      [confirmed addObject:taskId];
      EXPECT([device->queue acknowledge:@[ taskId ] error:NULL]);
    } else if ([state isEqual:@"broken"]) {
      EXPECT_EQUAL([status objectForKey:@"code"], @"network");
      EXPECT([device->queue acknowledge:@[ taskId ] error:NULL]);
    } else if (drawn(seed, 40) == 0) {
      EXPECT([device->queue cancel:@[ taskId ] error:NULL]);
    }
  }
}

static void putMissing(Device *device, NSSet *confirmed) {
  NSMutableArray *missing = [NSMutableArray array];
  for (NSUInteger number = 1; number <= Parts; number++) {
    S3BTask *part = [device part:number];
    if (![confirmed containsObject:part.taskId]) [missing addObject:part];
  }
  EXPECT([device->queue enqueue:missing error:NULL]);
}

static NSString *anyTask(Device *device, uint64_t *seed) {
  NSArray *tasks = device->session.tasks;
  if (tasks.count == 0) return nil;
  S3BSessionTask *task = [tasks objectAtIndex:drawn(seed, tasks.count)];
  return task.taskId;
}

static void launchAgain(Device *device, uint64_t *seed) {
  // The system may lose tasks (a force-quit), and say so to the next process or to nobody.
  NSString *lost = drawn(seed, 2) == 0 ? anyTask(device, seed) : nil;
  NSUInteger handle = lost == nil ? 0 : [device->session take:lost];
  [device launch:drawn(seed, 2) == 0];
  if (lost != nil && drawn(seed, 2) == 0) [device breakOff:lost handle:handle];
  NSUInteger late = lost == nil ? 0 : drawn(seed, 3);
  if (late == 1) [device answer:lost handle:handle];
  [device->queue adopt:[NSArray arrayWithArray:device->session.tasks]];
  [device->queue breakLostTasks];
  if (late == 2) [device answer:lost handle:handle];
}

/** What holds after every step. */
static void checkOrder(Device *device) {
  NSMutableSet *sent = [NSMutableSet set];
  for (S3BSessionTask *task in device->session.tasks) {
    // No part is with the session twice, each has its slice, and its task waits.
    EXPECT(![sent containsObject:task.taskId]);
    [sent addObject:task.taskId];
    EXPECT([device->slices has:task.taskId]);
    EXPECT([device->ledger entryForId:task.taskId].task != nil);
  }
  EXPECT([device sliceFiles].count == sent.count);
}

static void runHistory(uint64_t seed) {
  Device *device = [[Device alloc] init];
  NSMutableSet *confirmed = [NSMutableSet set];
  [device start];
  for (NSUInteger step = 0; step < Steps; step++) {
    NSString *taskId = anyTask(device, &seed);
    switch (drawn(&seed, 8)) {
      case 0:
        launchAgain(device, &seed);
        break;
      case 1: {
        NSUInteger flags = drawn(&seed, 8);
        S3BConstraints *constraints = [[S3BConstraints alloc] initWithUnmetered:(flags & 1) != 0
                                                                     notRoaming:(flags & 2) != 0
                                                                       charging:(flags & 4) != 0];
        EXPECT([device->queue setConstraints:constraints error:NULL]);
        break;
      }
      case 2:
        [device->queue setCharging:drawn(&seed, 2) == 0];
        break;
      case 3:
        if (taskId != nil) [device breakOff:taskId handle:[device->session take:taskId]];
        break;
      case 4:
        dealWithResults(device, confirmed, &seed);
        break;
      case 5:
        putMissing(device, confirmed);
        break;
      default:
        if (taskId != nil) [device answer:taskId];
    }
    checkOrder(device);
  }
  // From now on nothing goes wrong.
  [device->queue setConstraints:[S3BConstraints none] error:NULL];
  for (NSUInteger round = 0; round < 3 && confirmed.count < Parts; round++) {
    putMissing(device, confirmed);
    while (device->session.tasks.count > 0) [device answer:anyTask(device, &seed)];
    dealWithResults(device, confirmed, &seed);
  }
  EXPECT(confirmed.count == Parts);
  EXPECT([device sliceFiles].count == 0);
  EXPECT_EQUAL([NSData dataWithContentsOfFile:device->ledgerPath], [NSData data]);
}

TEST(everyHistoryEndsWithEveryPartConfirmedAndNothingLeft) {
  uint64_t first = arc4random();
  const char *replayed = getenv("SEED");
  for (uint64_t i = 0; i < Histories; i++) {
    uint64_t seed = replayed == NULL ? first + i : strtoull(replayed, NULL, 10);
    NSUInteger before = S3BTestFailures();
    runHistory(seed);
    if (S3BTestFailures() == before) continue;
    printf("Replay it with SEED=%llu\n", (unsigned long long)seed);
    return;
  }
}

void S3BTestHistories(void) {
  RUN(everyHistoryEndsWithEveryPartConfirmedAndNothingLeft);
}
