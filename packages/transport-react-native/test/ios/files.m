#import "S3BContainerPath.h"
#import "S3BError.h"
#import "S3BFile.h"
#import "S3BFileHash.h"
#import "S3BSlices.h"
#import "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

@interface PieceCounter : NSObject <S3BFileHashObserver> {
 @public
  uint64_t hashed;
  uint64_t stopsAfter;
  NSString *changes;
}
@end

@implementation PieceCounter

- (BOOL)continueAfterHashing:(uint64_t)bytes {
  hashed = bytes;
  if (changes != nil) truncate(changes.fileSystemRepresentation, 5);
  return stopsAfter == 0 || bytes < stopsAfter;
}

@end

static S3BFileRef *fileAt(NSString *path) {
  NSError *failed = nil;
  S3BFileRef *file = S3BFileAt(path, &failed);
  EXPECT_EQUAL(failed, nil);
  return file;
}

static S3BTask *part(S3BFileRef *file, NSString *taskId, uint64_t start, uint64_t end) {
  return [[S3BTask alloc] initWithId:taskId url:@"https://b.test/" file:file start:start end:end];
}

static NSArray *namesIn(NSString *folder) {
  return [[NSFileManager defaultManager] contentsOfDirectoryAtPath:folder error:NULL];
}

TEST(saysWhatIsWrongWithAFile) {
  NSString *folder = S3BTestFolder();
  NSString *pipe = [folder stringByAppendingPathComponent:@"pipe"];
  NSString *inFile = [S3BTestFile(folder, @"file", 1) stringByAppendingPathComponent:@"x"];
  mkfifo(pipe.fileSystemRepresentation, 0600);
  NSDictionary *cases = @{
    [folder stringByAppendingPathComponent:@"missing"] : S3BCodeFileNotFound,
    inFile : S3BCodeFileNotFound,
    folder : S3BCodeFileNotRegular,
    pipe : S3BCodeFileNotRegular
  };
  for (NSString *path in cases) {
    NSError *failed = nil;
    EXPECT_EQUAL(S3BFileAt(path, &failed), nil);
    EXPECT_EQUAL(S3BErrorCode(failed), [cases objectForKey:path]);
  }
}

TEST(tellsAFileFromTheOneItWas) {
  NSString *path = S3BTestFile(S3BTestFolder(), @"film", 100);
  S3BFileRef *file = fileAt(path);
  EXPECT(file.size == 100);
  EXPECT(file.lastModified > 1600000000000);
  NSError *failed = nil;
  int descriptor = S3BFileOpen(file, &failed);
  EXPECT(descriptor >= 0);
  EXPECT(S3BFileIsSame(file, descriptor, NULL));
  struct timespec times[2] = {{1000, 0}, {1000, 0}};
  utimensat(AT_FDCWD, path.fileSystemRepresentation, times, 0);
  EXPECT(!S3BFileIsSame(file, descriptor, &failed));
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeSourceChanged);
  close(descriptor);
  EXPECT(S3BFileOpen(file, &failed) < 0);
  // Nobody knows when it was changed: then its size must do.
  S3BFileRef *unknown = [[S3BFileRef alloc] initWithPath:path size:100 lastModified:-1];
  descriptor = S3BFileOpen(unknown, NULL);
  EXPECT(descriptor >= 0);
  close(descriptor);
  truncate(path.fileSystemRepresentation, 99);
  EXPECT(S3BFileOpen(unknown, &failed) < 0);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeSourceChanged);
}

TEST(findsFilesAfterAnUpdateOfTheApp) {
  NSString *before = @"/private/var/mobile/Containers/Data/Application/"
                     @"11111111-AAAA-4AAA-8AAA-111111111111/Documents/a/film.mp4";
  NSString *home = @"/var/mobile/Containers/Data/Application/22222222-BBBB-4BBB-8BBB-222222222222";
  EXPECT_EQUAL(S3BContainerPath(before, home),
               [home stringByAppendingString:@"/Documents/a/film.mp4"]);
  EXPECT_EQUAL(S3BContainerPath(home, home), home);
  NSArray *elsewhere = @[
    @"/tmp/film.mp4", @"/var/mobile/Containers/Data/Application/film.mp4",
    @"/var/mobile/Containers/Data/Application/not-a-uuid/film.mp4",
    @"/private/var/mobile/Containers/Shared/AppGroup/11111111-AAAA-4AAA-8AAA-111111111111/f"
  ];
  for (NSString *path in elsewhere) EXPECT_EQUAL(S3BContainerPath(path, home), path);
  EXPECT_EQUAL(S3BContainerPath(before, @"/home/user"), before);
}

TEST(readsRanges) {
  NSString *path = S3BTestFile(S3BTestFolder(), @"film", 1000);
  NSData *whole = [NSData dataWithContentsOfFile:path];
  S3BFileRef *file = fileAt(path);
  EXPECT_EQUAL(S3BFileRead(file, 10, 900, NULL), [whole subdataWithRange:NSMakeRange(10, 890)]);
  EXPECT_EQUAL(S3BFileRead(file, 1000, 1000, NULL), [NSData data]);
  NSError *failed = nil;
  EXPECT_EQUAL(S3BFileRead(file, 990, 1001, &failed), nil);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeSourceChanged);
  EXPECT_EQUAL(S3BFileRead(file, 0, UINT64_C(1) << 52, NULL), nil);
  EXPECT_EQUAL(S3BFileRead(file, 10, 9, NULL), nil);
}

TEST(hashesFiles) {
  NSString *folder = S3BTestFolder();
  PieceCounter *counter = [[PieceCounter alloc] init];
  S3BFileRef *empty = fileAt(S3BTestFile(folder, @"empty", 0));
  EXPECT_EQUAL(S3BFileHash(empty, counter, NULL), @"ef46db3751d8e999");
  NSString *million = [folder stringByAppendingPathComponent:@"million"];
  NSMutableData *data = [NSMutableData dataWithLength:1000000];
  memset(data.mutableBytes, 'a', data.length);
  [data writeToFile:million atomically:NO];
  EXPECT_EQUAL(S3BFileHash(fileAt(million), counter, NULL), @"dc483aaa9b4fdc40");
  EXPECT(counter->hashed == 1000000);
}

TEST(hashingEndsWhenItIsCancelledOrTheFileChanges) {
  NSString *folder = S3BTestFolder();
  S3BFileRef *file = fileAt(S3BTestFile(folder, @"film", 5 << 20));
  NSError *failed = nil;
  PieceCounter *cancels = [[PieceCounter alloc] init];
  cancels->stopsAfter = 2 << 20;
  EXPECT_EQUAL(S3BFileHash(file, cancels, &failed), nil);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeAborted);
  EXPECT(cancels->hashed == 2 << 20);
  PieceCounter *changes = [[PieceCounter alloc] init];
  changes->changes = file.path;
  EXPECT_EQUAL(S3BFileHash(file, changes, &failed), nil);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeSourceChanged);
}

TEST(slicesHoldTheirPart) {
  NSString *folder = S3BTestFolder();
  S3BSlices *slices = [[S3BSlices alloc] initWithFolder:folder];
  NSString *path = S3BTestFile(S3BTestFolder(), @"film", 3 << 20);
  NSData *whole = [NSData dataWithContentsOfFile:path];
  S3BFileRef *file = fileAt(path);
  EXPECT([slices make:part(file, @"u/1/1", 100, 2500000) error:NULL]);
  EXPECT([slices make:part(file, @"u/1/2", 3 << 20, 3 << 20) error:NULL]);
  EXPECT_EQUAL([NSData dataWithContentsOfFile:[slices pathForId:@"u/1/1"]],
               [whole subdataWithRange:NSMakeRange(100, 2499900)]);
  EXPECT([slices has:@"u/1/2"]);
  EXPECT(![slices has:@"u/1/3"]);
  EXPECT(slices.bytes == 2499900);
  [slices removeAllBut:@[ @"u/1/2", @"u/1/9" ]];
  EXPECT(![slices has:@"u/1/1"]);
  EXPECT([slices has:@"u/1/2"]);
  [slices remove:@"u/1/2"];
  [slices remove:@"u/1/2"];
  EXPECT(namesIn(folder).count == 0);
}

TEST(aSliceIsANewFileEachTime) {
  S3BSlices *slices = [[S3BSlices alloc] initWithFolder:S3BTestFolder()];
  S3BFileRef *file = fileAt(S3BTestFile(S3BTestFolder(), @"film", 100));
  EXPECT([slices make:part(file, @"a", 0, 50) error:NULL]);
  NSFileHandle *reader = [NSFileHandle fileHandleForReadingAtPath:[slices pathForId:@"a"]];
  EXPECT([slices make:part(file, @"a", 50, 60) error:NULL]);
  EXPECT([reader readDataToEndOfFile].length == 50);
  EXPECT(slices.bytes == 10);
}

TEST(slicesOfAnyIdsAreToldApart) {
  S3BSlices *slices = [[S3BSlices alloc] initWithFolder:S3BTestFolder()];
  S3BFileRef *file = fileAt(S3BTestFile(S3BTestFolder(), @"film", 1));
  NSString *longer = [@"" stringByPaddingToLength:3000 withString:@"é/" startingAtIndex:0];
  NSArray *ids = @[
    @"a/b", @"a%2Fb", @"../../a", @"a/B", @".", longer, [longer stringByAppendingString:@"x"]
  ];
  NSMutableSet *paths = [NSMutableSet set];
  for (NSString *taskId in ids) {
    EXPECT([slices make:part(file, taskId, 0, 1) error:NULL]);
    [paths addObject:[slices pathForId:taskId].lowercaseString];
  }
  EXPECT(paths.count == ids.count);
  EXPECT(slices.bytes == ids.count);
  [slices removeAllBut:@[]];
  EXPECT(slices.bytes == 0);
}

TEST(noSliceIsLeftOfWhatCannotBeCopied) {
  NSString *folder = S3BTestFolder();
  S3BSlices *slices = [[S3BSlices alloc] initWithFolder:folder];
  NSString *path = S3BTestFile(S3BTestFolder(), @"film", 3 << 20);
  S3BFileRef *file = fileAt(path);
  NSError *failed = nil;
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, SIG_IGN);
  limit.rlim_cur = 2 << 20;
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT(![slices make:part(file, @"a", 0, 3 << 20) error:&failed]);
  limit.rlim_cur = RLIM_INFINITY;
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeStoreFailed);
  S3BFileRef *grown = [[S3BFileRef alloc] initWithPath:path size:4 << 20 lastModified:-1];
  EXPECT(![slices make:part(grown, @"a", 0, 1) error:&failed]);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeSourceChanged);
  [[NSFileManager defaultManager] removeItemAtPath:path error:NULL];
  EXPECT(![slices make:part(file, @"a", 0, 1) error:&failed]);
  EXPECT_EQUAL(S3BErrorCode(failed), S3BCodeFileNotFound);
  EXPECT(namesIn(folder).count == 0);
}

void S3BTestFiles(void) {
  RUN(saysWhatIsWrongWithAFile);
  RUN(tellsAFileFromTheOneItWas);
  RUN(findsFilesAfterAnUpdateOfTheApp);
  RUN(readsRanges);
  RUN(hashesFiles);
  RUN(hashingEndsWhenItIsCancelledOrTheFileChanges);
  RUN(slicesHoldTheirPart);
  RUN(aSliceIsANewFileEachTime);
  RUN(slicesOfAnyIdsAreToldApart);
  RUN(noSliceIsLeftOfWhatCannotBeCopied);
}
