#import "Device.h"
#import "S3BError.h"
#import "S3BLedgerLine.h"
#import "S3BLedgerRecord.h"
#import "expect.h"

#include <signal.h>
#include <sys/resource.h>

static Device *started(void) {
  Device *device = [[Device alloc] init];
  [device start];
  return device;
}

TEST(partsGoToTheSessionAsSlices) {
  Device *device = started();
  [device enqueue:3];
  EXPECT_EQUAL([device->session.tasks valueForKey:@"taskId"], (@[ @"u/1/1", @"u/1/2", @"u/1/3" ]));
  NSData *whole = [NSData dataWithContentsOfFile:device->file.path];
  NSString *second = [device->session pathForHandle:2];
  EXPECT_EQUAL([NSData dataWithContentsOfFile:second],
               [whole subdataWithRange:NSMakeRange(10, 10)]);
  [device->queue sent:4 task:@"u/1/2" handle:2];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"running", @"waiting" ]));
  [device answer:@"u/1/2"];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"answered", @"waiting" ]));
  EXPECT_EQUAL([device->heard valueForKey:@"state"], (@[ @"running", @"answered" ]));
  EXPECT(device->results == 1);
  EXPECT([device sliceFiles].count == 2);
  EXPECT([device->queue acknowledge:@[ @"u/1/2", @"u/1/1", @"other" ] error:NULL]);
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting" ]));
}

TEST(aKnownIdIsSentOnce) {
  Device *device = started();
  [device enqueue:2];
  [device enqueue:2];
  NSArray *twice = @[ [device part:3], [device part:3] ];
  EXPECT([device->queue enqueue:twice error:NULL]);
  [device answer:@"u/1/1"];
  [device enqueue:2];
  EXPECT(device->session.handles == 3);
  // Of two with one id, the first one counts.
  S3BTask *first = [device part:5];
  S3BTask *second = [[S3BTask alloc] initWithId:first.taskId
                                            url:first.url
                                           file:first.file
                                          start:0
                                            end:1];
  EXPECT([device->queue enqueue:@[ first, second ] error:NULL]);
  EXPECT([device->ledger entryForId:first.taskId].task.start == first.start);
}

TEST(cancelledTasksAreStoppedAndForgotten) {
  Device *device = started();
  [device enqueue:3];
  [device answer:@"u/1/3"];
  EXPECT([device->queue cancel:@[ @"u/1/1", @"u/1/3", @"u/1/1", @"other" ] error:NULL]);
  EXPECT_EQUAL([device states], @[ @"waiting" ]);
  EXPECT_EQUAL(device->session.cancelled, @[ @1 ]);
  EXPECT([device sliceFiles].count == 1);
  // What the cancelled exchange says afterwards is not about anything any more.
  [device answer:@"u/1/1" handle:1];
  EXPECT_EQUAL([device states], @[ @"waiting" ]);
}

TEST(whatTheSessionStillHasGoesOnAfterALaunch) {
  Device *device = started();
  [device enqueue:3];
  [device start];
  EXPECT(device->session.handles == 3);
  EXPECT(device->session.cancelled.count == 0);
  [device->queue breakLostTasks];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting", @"waiting" ]));
  [device answer:@"u/1/1"];
  EXPECT_EQUAL([device stateOf:@"u/1/1"], @"answered");
}

TEST(whatTheSessionHasLostIsBrokenSoThatItIsPutAgain) {
  Device *device = started();
  [device enqueue:2];
  [device->session take:@"u/1/1"];
  [device start];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting" ]));
  [device->queue breakLostTasks];
  NSDictionary *lost = device->queue.list.firstObject;
  EXPECT_EQUAL([lost objectForKey:@"state"], @"broken");
  EXPECT_EQUAL([lost objectForKey:@"code"], @"network");
  EXPECT_EQUAL([device stateOf:@"u/1/2"], @"waiting");
  EXPECT([device sliceFiles].count == 1);
  EXPECT(device->session.handles == 2);
}

TEST(anAnswerThatComesLateStillCounts) {
  Device *device = started();
  [device enqueue:2];
  NSUInteger handle = [device->session take:@"u/1/1"];
  [device start];
  [device->queue breakLostTasks];
  [device answer:@"u/1/1" handle:handle];
  EXPECT_EQUAL([device stateOf:@"u/1/1"], @"answered");
  // And one that comes before anybody asked the session what it has.
  handle = [device->session take:@"u/1/2"];
  [device launch:YES];
  [device answer:@"u/1/2" handle:handle];
  [device->queue adopt:@[]];
  [device->queue breakLostTasks];
  EXPECT_EQUAL([device states], (@[ @"answered", @"answered" ]));
}

TEST(whatNobodyAsksForIsCancelledAfterALaunch) {
  Device *device = started();
  [device enqueue:2];
  [device->session.tasks addObject:[[S3BSessionTask alloc] initWithId:@"unknown" handle:77]];
  [device answer:@"u/1/2"];
  [device->session.tasks addObject:[[S3BSessionTask alloc] initWithId:@"u/1/2" handle:78]];
  S3BTestFile(device->folder, @"orphan", 5);
  [device start];
  EXPECT_EQUAL(device->session.cancelled, (@[ @77, @78 ]));
  EXPECT([device sliceFiles].count == 1);
}

TEST(aTaskThatDiedBeforeItGotToTheSessionIsStarted) {
  Device *device = started();
  // The process died after the ledger was written and before anything else.
  EXPECT([device->ledger recordEntries:@[ [S3BEntry waiting:[device part:1]] ] error:NULL]);
  [device start];
  [device->queue breakLostTasks];
  EXPECT_EQUAL([device states], @[ @"waiting" ]);
  EXPECT(device->session.tasks.count == 1);
}

TEST(aBrokenExchangeBreaksItsTask) {
  Device *device = started();
  [device enqueue:2];
  [device breakOff:@"u/1/1" handle:[device->session take:@"u/1/1"]];
  EXPECT_EQUAL([device->queue.list.firstObject objectForKey:@"code"], @"network");
  // Also when it is said before anybody asked the session what it has, as after a force-quit.
  NSUInteger handle = [device->session take:@"u/1/2"];
  [device launch:YES];
  [device breakOff:@"u/1/2" handle:handle];
  EXPECT_EQUAL([device states], (@[ @"broken", @"broken" ]));
}

TEST(aPartThatCannotBeSentSaysWhy) {
  Device *device = started();
  [[NSFileManager defaultManager] removeItemAtPath:device->file.path error:NULL];
  [device enqueue:1];
  EXPECT_EQUAL([device->queue.list.firstObject objectForKey:@"code"], S3BCodeFileNotFound);
  S3BTestFile(device->file.path.stringByDeletingLastPathComponent, @"film", 99);
  EXPECT([device->queue enqueue:@[ [device part:2] ] error:NULL]);
  EXPECT_EQUAL([device->queue.list.lastObject objectForKey:@"code"], S3BCodeSourceChanged);
  EXPECT(device->session.tasks.count == 0);
}

TEST(aSessionThatRefusesBreaksTheTask) {
  Device *device = started();
  device->session.refusal = S3BErrorMake(S3BCodeNetwork, @"The part could not be handed over");
  [device enqueue:2];
  EXPECT_EQUAL([device states], (@[ @"broken", @"waiting" ]));
  EXPECT_EQUAL([device->queue.list.firstObject objectForKey:@"code"], @"network");
  EXPECT([device sliceFiles].count == 1);
}

TEST(otherNetworksTakeOtherRequests) {
  Device *device = started();
  [device enqueue:2];
  S3BConstraints *wifi = [[S3BConstraints alloc] initWithUnmetered:YES notRoaming:NO charging:NO];
  EXPECT([device->queue setConstraints:wifi error:NULL]);
  EXPECT_EQUAL(device->session.cancelled, (@[ @1, @2 ]));
  EXPECT_EQUAL([device->session.tasks valueForKey:@"handle"], (@[ @3, @4 ]));
  EXPECT(device->session.constraints.unmetered);
  // The same again changes nothing, and they hold after a launch.
  EXPECT([device->queue setConstraints:wifi error:NULL]);
  [device start];
  EXPECT(device->queue.constraints.unmetered);
  EXPECT(device->session.handles == 4);
  // What withdrawn exchanges have sent does not count.
  [device->queue sent:9 task:@"u/1/1" handle:1];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting" ]));
  // That they broke off is no news; that one was answered is.
  [device breakOff:@"u/1/1" handle:1];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting" ]));
  [device answer:@"u/1/2" handle:2];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"answered" ]));
  EXPECT_EQUAL([device->session.tasks valueForKey:@"handle"], @[ @3 ]);
}

TEST(withoutPowerAllIsHeldBackAndNothingIsLost) {
  Device *device = started();
  [device enqueue:2];
  S3BConstraints *power = [[S3BConstraints alloc] initWithUnmetered:NO notRoaming:NO charging:YES];
  EXPECT([device->queue setConstraints:power error:NULL]);
  EXPECT(device->session.cancelled.count == 0);
  [device->queue setCharging:NO];
  EXPECT(device->session.tasks.count == 0);
  EXPECT([device sliceFiles].count == 0);
  [device breakOff:@"u/1/1" handle:1];
  [device enqueue:3];
  [device launch:NO];
  [device->queue adopt:@[]];
  [device->queue breakLostTasks];
  EXPECT_EQUAL([device states], (@[ @"waiting", @"waiting", @"waiting" ]));
  EXPECT(device->session.tasks.count == 0);
  [device->queue setCharging:YES];
  EXPECT(device->session.tasks.count == 3);
  // A launch without power takes them back at once.
  [device launch:NO];
  [device->queue adopt:[NSArray arrayWithArray:device->session.tasks]];
  EXPECT(device->session.tasks.count == 0);
}

TEST(aSessionThatWasLostIsGivenEverythingAgain) {
  Device *device = started();
  [device enqueue:3];
  [device answer:@"u/1/2"];
  [device->session.tasks removeAllObjects];
  [device->queue startOver];
  EXPECT_EQUAL([device->session.tasks valueForKey:@"taskId"], (@[ @"u/1/1", @"u/1/3" ]));
  EXPECT_EQUAL([device->session.tasks valueForKey:@"handle"], (@[ @4, @5 ]));
}

TEST(tellsHowFarItIs) {
  Device *device = started();
  [device enqueue:3];
  [device->queue sent:10 task:@"u/1/1" handle:1];
  [device->queue sent:5 task:@"u/1/2" handle:2];
  EXPECT(device->queue.waiting == 3);
  EXPECT(device->queue.sentParts == 1.5);
  EXPECT(device->queue.slicedBytes == 30);
  [device answer:@"u/1/1"];
  EXPECT(device->queue.waiting == 2);
  EXPECT(device->queue.sentParts == 0.5);
}

/** Until it is called with RLIM_INFINITY, no file grows beyond this many bytes. */
static void limitFiles(rlim_t bytes) {
  struct rlimit limit;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

TEST(anEndThatCannotBeWrittenHasNotHappenedYet) {
  Device *device = started();
  [device enqueue:2];
  limitFiles(1);
  [device answer:@"u/1/1"];
  EXPECT(device->heard.count == 0);
  EXPECT_EQUAL([device states], (@[ @"running", @"waiting" ]));
  NSError *failed = nil;
  EXPECT(![device->queue cancel:@[ @"u/1/2" ] error:&failed]);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeStoreFailed);
  EXPECT(![device->queue enqueue:@[ [device part:3] ] error:NULL]);
  EXPECT(device->session.tasks.count == 1);
  limitFiles(RLIM_INFINITY);
  EXPECT_EQUAL([device states], (@[ @"answered", @"waiting" ]));
  EXPECT_EQUAL([device->heard valueForKey:@"state"], @[ @"answered" ]);
  EXPECT([device sliceFiles].count == 1);
}

TEST(aTaskWhoseEndIsNotWrittenYetIsNotStartedAgain) {
  Device *device = started();
  NSString *folder = S3BTestFolder();
  S3BFileRef *file =
      [[S3BFileRef alloc] initWithPath:[folder stringByAppendingPathComponent:@"late"]
                                  size:10
                          lastModified:-1];
  NSString *url = @"https://b.test/k";
  S3BTask *task = [[S3BTask alloc] initWithId:@"late" url:url file:file start:0 end:10];
  NSArray *fields = [S3BLedgerRecord fieldsOfEntry:[S3BEntry waiting:task]];
  // The ledger takes the task, but not that its file is missing.
  limitFiles(S3BLedgerLine(fields).length + 5);
  EXPECT([device->queue enqueue:@[ task ] error:NULL]);
  S3BTestFile(folder, @"late", 10);
  [device->queue setCharging:YES];
  EXPECT(device->session.tasks.count == 0);
  limitFiles(RLIM_INFINITY);
  EXPECT_EQUAL([device->queue.list.firstObject objectForKey:@"code"], S3BCodeFileNotFound);
}

TEST(withoutRoomForASliceTheOthersGoFirst) {
  Device *device = started();
  S3BFileRef *file = [[S3BFileRef alloc] initWithPath:S3BTestFile(S3BTestFolder(), @"wide", 9000)
                                                 size:9000
                                         lastModified:-1];
  NSString *url = @"https://b.test/k";
  S3BTask *wide = [[S3BTask alloc] initWithId:@"wide" url:url file:file start:0 end:9000];
  [device enqueue:2];
  limitFiles(5000);
  EXPECT([device->queue enqueue:@[ wide ] error:NULL]);
  EXPECT_EQUAL([device stateOf:@"wide"], @"waiting");
  [device answer:@"u/1/1"];
  EXPECT_EQUAL([device stateOf:@"wide"], @"waiting");
  // Nothing else is left that could make room.
  [device answer:@"u/1/2"];
  EXPECT_EQUAL([device stateOf:@"wide"], @"broken");
  limitFiles(RLIM_INFINITY);
  EXPECT_EQUAL([device->queue.list.lastObject objectForKey:@"code"], S3BCodeStoreFailed);
  EXPECT([device sliceFiles].count == 0);
}

TEST(noStatusHoldsAUrl) {
  Device *device = started();
  [device enqueue:3];
  device->session.refusal = S3BErrorMake(S3BCodeNetwork, @"The part could not be handed over");
  EXPECT([device->queue enqueue:@[ [device part:4] ] error:NULL]);
  [device breakOff:@"u/1/1" handle:[device->session take:@"u/1/1"]];
  [device answer:@"u/1/2"];
  NSString *said = [device->queue.list description];
  EXPECT([said rangeOfString:@"b.test"].location == NSNotFound);
  EXPECT([[device->heard description] rangeOfString:@"Signature"].location == NSNotFound);
}

void S3BTestQueue(void) {
  RUN(partsGoToTheSessionAsSlices);
  RUN(aKnownIdIsSentOnce);
  RUN(cancelledTasksAreStoppedAndForgotten);
  RUN(whatTheSessionStillHasGoesOnAfterALaunch);
  RUN(whatTheSessionHasLostIsBrokenSoThatItIsPutAgain);
  RUN(anAnswerThatComesLateStillCounts);
  RUN(whatNobodyAsksForIsCancelledAfterALaunch);
  RUN(aTaskThatDiedBeforeItGotToTheSessionIsStarted);
  RUN(aBrokenExchangeBreaksItsTask);
  RUN(aPartThatCannotBeSentSaysWhy);
  RUN(aSessionThatRefusesBreaksTheTask);
  RUN(otherNetworksTakeOtherRequests);
  RUN(withoutPowerAllIsHeldBackAndNothingIsLost);
  RUN(aSessionThatWasLostIsGivenEverythingAgain);
  RUN(tellsHowFarItIs);
  RUN(anEndThatCannotBeWrittenHasNotHappenedYet);
  RUN(aTaskWhoseEndIsNotWrittenYetIsNotStartedAgain);
  RUN(withoutRoomForASliceTheOthersGoFirst);
  RUN(noStatusHoldsAUrl);
}
