#import "S3BAnswer.h"
#import "S3BBridge.h"
#import "S3BConstraints.h"
#import "S3BReconciliation.h"
#import "S3BWake.h"
#import "S3BWindow.h"
#import "expect.h"

#pragma mark - Answers

TEST(anAnswerIsDataWhateverItsStatus) {
  NSDictionary *headers = @{@"Etag" : @"\"e\"", @"Content-Length" : @0};
  NSDictionary *wanted = @{
    @"id" : @"a",
    @"state" : @"answered",
    @"status" : @503,
    @"headers" : @[
      @{@"name" : @"Content-Length", @"value" : @"0"}, @{@"name" : @"Etag", @"value" : @"\"e\""}
    ],
    @"body" : @"<Code>SlowDown</Code>"
  };
  NSData *body = [@"<Code>SlowDown</Code>" dataUsingEncoding:NSUTF8StringEncoding];
  EXPECT_EQUAL(S3BStatusOfEntry(S3BAnswered(@"a", 503, headers, body)), wanted);
  EXPECT_EQUAL([S3BStatusOfEntry(S3BAnswered(@"a", 200, headers, body)) objectForKey:@"body"], nil);
  EXPECT_EQUAL(S3BAnswered(@"a", 403, @{}, nil).body, @"");
  // A redirect quotes the presigned URL, whose query is a secret.
  NSDictionary *moved = @{@"location" : @"http://127.0.0.1/k?X-Amz-Signature=5ec2e7"};
  S3BEntry *redirect = S3BAnswered(@"a", 307, moved, body);
  EXPECT_EQUAL(redirect.body, @"");
  NSArray *shown = @[ @{@"name" : @"location", @"value" : @"http://127.0.0.1/k"} ];
  EXPECT_EQUAL([S3BStatusOfEntry(redirect) valueForKeyPath:@"headers"], shown);
}

TEST(aBodyIsCutWhereItIsStillText) {
  NSString *text = [@"" stringByPaddingToLength:4095 withString:@"x" startingAtIndex:0];
  NSData *body =
      [[text stringByAppendingString:@"€ and more"] dataUsingEncoding:NSUTF8StringEncoding];
  EXPECT_EQUAL(S3BAnswered(@"a", 500, @{}, body).body, text);
  NSData *binary = [NSData dataWithBytes:"\xff\x00\xc3" length:3];
  EXPECT(S3BAnswered(@"a", 500, @{}, binary).body.length == 3);
}

TEST(aBrokenExchangeTellsNoUrl) {
  NSString *secret = @"https://b.test/k?X-Amz-Signature=1";
  NSError *lost = [NSError errorWithDomain:NSURLErrorDomain
                                      code:-1005
                                  userInfo:@{
                                    NSLocalizedDescriptionKey : @"The connection was lost.",
                                    @"NSErrorFailingURLStringKey" : secret
                                  }];
  EXPECT_EQUAL(S3BBroken(@"a", lost).message, @"The connection was lost. (NSURLErrorDomain -1005)");
  EXPECT_EQUAL(S3BBroken(@"a", lost).code, @"network");
  NSString *said = [@"Cannot reach " stringByAppendingString:secret];
  NSError *telling = [NSError errorWithDomain:NSURLErrorDomain
                                         code:-1004
                                     userInfo:@{NSLocalizedDescriptionKey : said}];
  EXPECT_EQUAL(S3BBroken(@"a", telling).message, @"NSURLErrorDomain -1004");
}

#pragma mark - The bridge

static NSMutableDictionary *taskDictionary(void) {
  NSDictionary *file = @{@"path" : @"/data/film", @"size" : @10.0, @"lastModified" : @-1.0};
  return [NSMutableDictionary dictionaryWithDictionary:@{
    @"id" : @"u/1/1",
    @"url" : @"https://b.test/?a=%2B",
    @"file" : file,
    @"start" : @5.0,
    @"end" : @10.0
  }];
}

TEST(tasksCrossTheBridge) {
  NSArray<S3BTask *> *tasks = S3BTasksFrom(@[ taskDictionary() ], NULL);
  S3BTask *task = tasks.firstObject;
  EXPECT(tasks.count == 1);
  EXPECT_EQUAL(task.taskId, @"u/1/1");
  EXPECT_EQUAL(task.url, @"https://b.test/?a=%2B");
  EXPECT_EQUAL(task.file.path, @"/data/film");
  EXPECT(task.file.size == 10 && task.file.lastModified == -1);
  EXPECT(task.start == 5 && task.end == 10);
}

TEST(whatIsNoTaskIsRefused) {
  NSDictionary *wrong =
      @{@"id" : @"",
        @"url" : [NSNull null],
        @"file" : @"path",
        @"start" : @11,
        @"end" : @5.5};
  for (NSString *field in wrong) {
    NSError *failed = nil;
    NSMutableDictionary *task = taskDictionary();
    [task setObject:[wrong objectForKey:field] forKey:field];
    EXPECT_EQUAL(S3BTasksFrom(@[ task ], &failed), nil);
    EXPECT_EQUAL(S3BErrorCode(failed), @"internal");
    task = taskDictionary();
    [task removeObjectForKey:field];
    EXPECT_EQUAL(S3BTasksFrom(@[ taskDictionary(), task ], NULL), nil);
  }
}

#pragma mark - Constraints

TEST(conditionsBreakConstraints) {
  S3BConstraints *wifi = [[S3BConstraints alloc] initWithUnmetered:YES notRoaming:NO charging:NO];
  S3BConstraints *home = [[S3BConstraints alloc] initWithUnmetered:NO notRoaming:YES charging:NO];
  S3BConstraints *power = [[S3BConstraints alloc] initWithUnmetered:NO notRoaming:NO charging:YES];
  S3BConditions *onWifi = [[S3BConditions alloc] initWithCellular:NO expensive:NO charging:NO];
  S3BConditions *onHotspot = [[S3BConditions alloc] initWithCellular:NO expensive:YES charging:NO];
  S3BConditions *mobile = [[S3BConditions alloc] initWithCellular:YES expensive:YES charging:YES];
  EXPECT(![onWifi breakConstraints:wifi]);
  EXPECT(![onWifi breakConstraints:home]);
  EXPECT([onWifi breakConstraints:power]);
  EXPECT([onHotspot breakConstraints:wifi]);
  EXPECT(![onHotspot breakConstraints:home]);
  EXPECT([mobile breakConstraints:wifi]);
  EXPECT([mobile breakConstraints:home]);
  EXPECT(![mobile breakConstraints:power]);
  EXPECT(![mobile breakConstraints:[S3BConstraints none]]);
  EXPECT(![wifi allowsSameNetworksAs:home]);
  EXPECT([power allowsSameNetworksAs:[S3BConstraints none]]);
  EXPECT(!wifi.allowsCellular && !home.allowsCellular && power.allowsCellular);
}

TEST(theWindowLeavesRoomForTheUser) {
  const uint64_t mebibyte = 1 << 20;
  EXPECT(S3BWindowBytes(0, 0) == 64 * mebibyte);
  EXPECT(S3BWindowBytes(2000 * mebibyte, 0) == 500 * mebibyte);
  // Filling the window does not shrink it.
  EXPECT(S3BWindowBytes(1600 * mebibyte, 400 * mebibyte) == 500 * mebibyte);
  EXPECT(S3BWindowBytes(1u << 31, UINT64_C(1) << 40) == 1024 * mebibyte);
}

#pragma mark - Reconciliation

TEST(ofTwoSessionTasksForOneTheYoungerStays) {
  NSMutableArray *found = [NSMutableArray array];
  for (NSUInteger handle = 1; handle <= 3; handle++) {
    [found addObject:[[S3BSessionTask alloc] initWithId:@"a" handle:(handle * 2) % 7]];
  }
  [found addObject:[[S3BSessionTask alloc] initWithId:@"unknown" handle:8]];
  NSSet *waiting = [NSSet setWithObjects:@"a", @"lost", nil];
  S3BReconciliation *result = [S3BReconciliation of:found waiting:waiting];
  NSArray *unwanted =
      [[result.unwanted valueForKey:@"handle"] sortedArrayUsingSelector:@selector(compare:)];
  EXPECT_EQUAL([result.kept valueForKey:@"handle"], @[ @6 ]);
  EXPECT_EQUAL(unwanted, (@[ @2, @4, @8 ]));
}

#pragma mark - Wakes

@interface WakeCounter : NSObject <S3BWakeTarget> {
 @public
  NSUInteger ended;
}
@end

@implementation WakeCounter
- (void)wakeEnded {
  ended++;
}
@end

TEST(aWakeEndsOnceAllIsDeliveredAndDealtWith) {
  WakeCounter *counter = [[WakeCounter alloc] init];
  S3BWake *wake = [[S3BWake alloc] initWithTarget:counter];
  NSUInteger number = [wake began];
  [wake resultCame];
  [wake finished];
  EXPECT(counter->ended == 0);
  [wake resultCame];
  [wake delivered];
  EXPECT(counter->ended == 0);
  [wake finished];
  EXPECT(counter->ended == 1);
  [wake finished];
  [wake delivered];
  [wake expired:number];
  EXPECT(counter->ended == 1);
}

TEST(aWakeWithoutResultsNeedsNoJavaScript) {
  WakeCounter *counter = [[WakeCounter alloc] init];
  S3BWake *wake = [[S3BWake alloc] initWithTarget:counter];
  [wake delivered];
  EXPECT(counter->ended == 0);
  [wake began];
  [wake finished];
  EXPECT(counter->ended == 0);
  [wake delivered];
  EXPECT(counter->ended == 1);
}

TEST(aWakeEndsWhenItsTimeIsUpAndNoOther) {
  WakeCounter *counter = [[WakeCounter alloc] init];
  S3BWake *wake = [[S3BWake alloc] initWithTarget:counter];
  NSUInteger first = [wake began];
  [wake delivered];
  NSUInteger second = [wake began];
  EXPECT(counter->ended == 1);
  [wake resultCame];
  [wake expired:first];
  EXPECT(counter->ended == 1);
  [wake expired:second];
  EXPECT(counter->ended == 2);
}

void S3BTestValues(void) {
  RUN(anAnswerIsDataWhateverItsStatus);
  RUN(aBodyIsCutWhereItIsStillText);
  RUN(aBrokenExchangeTellsNoUrl);
  RUN(tasksCrossTheBridge);
  RUN(whatIsNoTaskIsRefused);
  RUN(conditionsBreakConstraints);
  RUN(theWindowLeavesRoomForTheUser);
  RUN(ofTwoSessionTasksForOneTheYoungerStays);
  RUN(aWakeEndsOnceAllIsDeliveredAndDealtWith);
  RUN(aWakeWithoutResultsNeedsNoJavaScript);
  RUN(aWakeEndsWhenItsTimeIsUpAndNoOther);
}
