#import "S3BError.h"
#import "S3BLedger.h"
#import "expect.h"

#include <signal.h>
#include <sys/resource.h>

/** Bytes of a text in which each character is one. */
static NSData *bytesOf(NSString *text) {
  return [text dataUsingEncoding:NSISOLatin1StringEncoding];
}

static S3BTask *taskNamed(NSString *taskId) {
  S3BFileRef *file = [[S3BFileRef alloc] initWithPath:@"/data/ü film.mp4" size:50 lastModified:-1];
  NSString *url = @"https://bucket.test/key?X-Amz-Signature=0f%2B";
  return [[S3BTask alloc] initWithId:taskId url:url file:file start:5 end:10];
}

static S3BEntry *answerFor(NSString *taskId) {
  S3BHeader *etag = @{@"name" : @"ETag", @"value" : @"\"e\""};
  return [S3BEntry answered:taskId status:200 headers:@[ etag ] body:@""];
}

/** An entry as the vectors write it. */
static NSDictionary *written(S3BEntry *entry) {
  NSMutableDictionary *found = [NSMutableDictionary dictionary];
  [found setObject:entry.taskId forKey:@"id"];
  switch (entry.state) {
    case S3BStateWaiting:
      [found setObject:@"waiting" forKey:@"state"];
      [found setObject:entry.task.url forKey:@"url"];
      [found setObject:entry.task.file.path forKey:@"path"];
      [found setObject:@(entry.task.file.size) forKey:@"size"];
      [found setObject:@(entry.task.file.lastModified) forKey:@"lastModified"];
      [found setObject:@(entry.task.start) forKey:@"start"];
      [found setObject:@(entry.task.end) forKey:@"end"];
      break;
    case S3BStateAnswered:
      [found setObject:@"answered" forKey:@"state"];
      [found setObject:@(entry.status) forKey:@"status"];
      [found setObject:entry.headers forKey:@"headers"];
      if (entry.body.length > 0) [found setObject:entry.body forKey:@"body"];
      break;
    case S3BStateBroken:
      [found setObject:@"broken" forKey:@"state"];
      [found setObject:entry.code forKey:@"code"];
      [found setObject:entry.message forKey:@"message"];
      break;
  }
  return found;
}

static NSArray *writtenAll(S3BLedger *ledger) {
  NSMutableArray *all = [NSMutableArray array];
  for (S3BEntry *entry in ledger.entries) [all addObject:written(entry)];
  return all;
}

static NSString *freshPath(void) {
  return [S3BTestFolder() stringByAppendingPathComponent:@"ledger"];
}

static S3BLedger *opened(NSString *path) {
  NSError *failed = nil;
  S3BLedger *ledger = [S3BLedger ledgerAtPath:path error:&failed];
  EXPECT_EQUAL(failed, nil);
  return ledger;
}

static NSUInteger linesAt(NSString *path) {
  NSString *text = [NSString stringWithContentsOfFile:path
                                             encoding:NSASCIIStringEncoding
                                                error:NULL];
  return [text componentsSeparatedByString:@"\n"].count - 1;
}

TEST(readsTheSharedVectors) {
  NSArray *cases = [S3BTestVectors() objectForKey:@"ledgers"];
  EXPECT(cases.count >= 20);
  for (NSDictionary *each in cases) {
    NSString *path = freshPath();
    [bytesOf([each objectForKey:@"text"]) writeToFile:path atomically:NO];
    S3BLedger *ledger = opened(path);
    S3BConstraints *found = ledger.constraints;
    NSDictionary *constraints = [each objectForKey:@"constraints"];
    EXPECT_EQUAL(writtenAll(ledger), [each objectForKey:@"entries"]);
    EXPECT_EQUAL(@(ledger.dropped), [each objectForKey:@"dropped"]);
    EXPECT(found.unmetered == [[constraints objectForKey:@"unmetered"] boolValue]);
    EXPECT(found.notRoaming == [[constraints objectForKey:@"notRoaming"] boolValue]);
    EXPECT(found.charging == [[constraints objectForKey:@"charging"] boolValue]);
    // Opening has compacted what had dead lines.
    EXPECT_EQUAL([NSData dataWithContentsOfFile:path], bytesOf([each objectForKey:@"compacted"]));
    [ledger close];
  }
}

TEST(keepsWholeLinesOfAFileThatWasCutAtAnyByte) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  NSArray *waiting = @[ [S3BEntry waiting:taskNamed(@"a")], [S3BEntry waiting:taskNamed(@"b")] ];
  EXPECT([ledger recordEntries:waiting error:NULL]);
  EXPECT([ledger recordEntries:@[ answerFor(@"b") ] error:NULL]);
  [ledger close];
  NSData *whole = [NSData dataWithContentsOfFile:path];
  for (NSUInteger length = 0; length <= whole.length; length++) {
    NSData *left = [whole subdataWithRange:NSMakeRange(0, length)];
    NSString *text = [[NSString alloc] initWithData:left encoding:NSASCIIStringEncoding];
    NSUInteger lines = [text componentsSeparatedByString:@"\n"].count - 1;
    [left writeToFile:path atomically:NO];
    ledger = opened(path);
    EXPECT(ledger.entries.count == MIN(lines, 2u));
    EXPECT([ledger entryForId:@"b"].state == (lines == 3 ? S3BStateAnswered : S3BStateWaiting));
    // What comes next is glued to nothing.
    EXPECT([ledger recordEntries:@[ answerFor(@"c") ] error:NULL]);
    [ledger close];
    ledger = opened(path);
    EXPECT(ledger.dropped == 0);
    EXPECT([ledger entryForId:@"c"].state == S3BStateAnswered);
    EXPECT(ledger.entries.count == MIN(lines, 2u) + 1);
    [ledger close];
  }
}

/** Until it is called with RLIM_INFINITY, no file grows beyond this many bytes. */
static void limitFiles(rlim_t bytes) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

TEST(whatCannotBeWrittenHasNotHappened) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"a")] ] error:NULL]);
  NSData *before = [NSData dataWithContentsOfFile:path];
  NSError *failed = nil;
  signal(SIGXFSZ, SIG_IGN);
  limitFiles(before.length + 20);
  EXPECT(![ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"b")] ] error:&failed]);
  limitFiles(RLIM_INFINITY);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeStoreFailed);
  EXPECT([failed.localizedDescription rangeOfString:@"bucket.test"].location == NSNotFound);
  EXPECT_EQUAL([ledger entryForId:@"b"], nil);
  EXPECT_EQUAL([NSData dataWithContentsOfFile:path], before);
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"c")] ] error:NULL]);
  [ledger close];
  ledger = opened(path);
  EXPECT(ledger.dropped == 0);
  EXPECT(ledger.entries.count == 2);
  [ledger close];
}

TEST(aCompactionThatFailsLosesNothing) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"a")] ] error:NULL]);
  // In the way of the file that compaction writes first.
  NSString *inTheWay = [path stringByAppendingString:@".new"];
  [[NSFileManager defaultManager] createDirectoryAtPath:inTheWay
                            withIntermediateDirectories:NO
                                             attributes:nil
                                                  error:NULL];
  EXPECT([ledger recordEntries:@[ answerFor(@"a") ] error:NULL]);
  EXPECT(linesAt(path) == 2);
  [[NSFileManager defaultManager] removeItemAtPath:inTheWay error:NULL];
  EXPECT([ledger recordForgotten:@[ @"a" ] error:NULL]);
  EXPECT(linesAt(path) == 0);
  [ledger close];
}

TEST(aTornFileThatCannotBeCompactedIsMendedByTheNextWrite) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"a")] ] error:NULL]);
  [ledger close];
  NSMutableData *torn = [NSMutableData data];
  [torn appendData:[NSData dataWithContentsOfFile:path]];
  // Longer than the line that comes next, which could cover less.
  [torn appendData:[NSMutableData dataWithLength:500]];
  [torn writeToFile:path atomically:NO];
  limitFiles(5);
  ledger = opened(path);
  limitFiles(RLIM_INFINITY);
  EXPECT_EQUAL([NSData dataWithContentsOfFile:path], torn);
  EXPECT(ledger.entries.count == 1);
  NSString *folder = path.stringByDeletingLastPathComponent;
  EXPECT([[NSFileManager defaultManager] contentsOfDirectoryAtPath:folder error:NULL].count == 1);
  EXPECT([ledger recordEntries:@[ answerFor(@"b") ] error:NULL]);
  [ledger close];
  ledger = opened(path);
  EXPECT(ledger.dropped == 0);
  EXPECT(ledger.entries.count == 2);
  [ledger close];
}

TEST(aUrlLeavesTheFileWhenTheQueueRunsDry) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  NSArray *waiting = @[ [S3BEntry waiting:taskNamed(@"a")], [S3BEntry waiting:taskNamed(@"b")] ];
  EXPECT([ledger recordEntries:waiting error:NULL]);
  EXPECT([ledger recordEntries:@[ answerFor(@"a") ] error:NULL]);
  EXPECT(linesAt(path) == 3);
  EXPECT([ledger recordEntries:@[ answerFor(@"b") ] error:NULL]);
  EXPECT(linesAt(path) == 2);
  NSString *text = [NSString stringWithContentsOfFile:path
                                             encoding:NSASCIIStringEncoding
                                                error:NULL];
  EXPECT([text rangeOfString:@"Signature"].location == NSNotFound);
  // And the file that it goes on with is the one that the path names.
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"c")] ] error:NULL]);
  EXPECT(linesAt(path) == 3);
  [ledger close];
}

TEST(theFileStaysAsLongAsWhatItMeans) {
  NSString *path = freshPath();
  S3BLedger *ledger = opened(path);
  S3BConstraints *wifi = [[S3BConstraints alloc] initWithUnmetered:YES notRoaming:NO charging:NO];
  EXPECT([ledger recordConstraints:wifi error:NULL]);
  EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(@"stays")] ] error:NULL]);
  for (NSUInteger i = 0; i < 200; i++) {
    NSString *taskId = [NSString stringWithFormat:@"part/%lu", (unsigned long)i];
    EXPECT([ledger recordEntries:@[ [S3BEntry waiting:taskNamed(taskId)] ] error:NULL]);
    EXPECT([ledger recordEntries:@[ answerFor(taskId) ] error:NULL]);
    EXPECT([ledger recordForgotten:@[ taskId ] error:NULL]);
    EXPECT(linesAt(path) <= 7);
  }
  EXPECT(ledger.constraints.unmetered);
  EXPECT(ledger.entries.count == 1);
  [ledger close];
}

TEST(aLedgerThatCannotBeReadIsAnErrorAndNotAnEmptyOne) {
  NSError *failed = nil;
  EXPECT_EQUAL([S3BLedger ledgerAtPath:S3BTestFolder() error:&failed], nil);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeStoreFailed);
}

void S3BTestLedgers(void) {
  RUN(readsTheSharedVectors);
  RUN(keepsWholeLinesOfAFileThatWasCutAtAnyByte);
  RUN(whatCannotBeWrittenHasNotHappened);
  RUN(aCompactionThatFailsLosesNothing);
  RUN(aTornFileThatCannotBeCompactedIsMendedByTheNextWrite);
  RUN(aUrlLeavesTheFileWhenTheQueueRunsDry);
  RUN(theFileStaysAsLongAsWhatItMeans);
  RUN(aLedgerThatCannotBeReadIsAnErrorAndNotAnEmptyOne);
}
