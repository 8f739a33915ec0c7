#import "S3BSlices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#import "S3BDurableFile.h"
#import "S3BError.h"
#import "S3BFile.h"
#import "S3BLedgerLine.h"
#import "S3BXXH64.h"

enum { PieceLength = 1 << 20, LongestReadablePart = 180 };

static BOOL failToCopy(NSError **error, int number) {
  NSString *message = @"The part cannot be copied";
  return S3BFail(error, S3BErrorMakeFromErrno(S3BCodeStoreFailed, message, number));
}

/** Through one buffer, so that memory does not grow with the part. */
static BOOL copyPieces(S3BTask *task, int source, int slice, void *piece, NSError **error) {
  uint64_t at = task.start;
  while (at < task.end) {
    size_t wanted = (size_t)MIN((uint64_t)PieceLength, task.end - at);
    ssize_t count = pread(source, piece, wanted, (off_t)at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      NSString *message = @"The file cannot be read";
      return S3BFail(error, S3BErrorMakeFromErrno(S3BCodeFileUnreadable, message, errno));
    }
    if (count == 0) {
      return S3BFail(error,
                     S3BErrorMake(S3BCodeSourceChanged, @"The file ends before the part does"));
    }
    int failed = S3BWriteAll(slice, piece, (size_t)count);
    if (failed != 0) return failToCopy(error, failed);
    at += (uint64_t)count;
  }
  // The session goes on after a power cut: it must not find a slice full of zeros then.
  int failed = S3BSync(slice);
  return failed == 0 || failToCopy(error, failed);
}

static BOOL copyRange(S3BTask *task, int source, int slice, NSError **error) {
  void *piece = malloc(PieceLength);
  if (piece == NULL) return failToCopy(error, ENOMEM);
  BOOL copied = copyPieces(task, source, slice, piece, error);
  free(piece);
  return copied;
}

@implementation S3BSlices

- (instancetype)initWithFolder:(NSString *)folder {
  if ((self = [super init])) _folder = [folder copy];
  return self;
}

/** Readable as far as a file name can hold an id, and told apart by the hash of all of it. */
- (NSString *)nameForId:(NSString *)taskId {
  NSString *readable = [S3BLedgerEncoded(taskId) stringByReplacingOccurrencesOfString:@"/"
                                                                           withString:@"%2F"];
  NSData *utf8 = [taskId dataUsingEncoding:NSUTF8StringEncoding allowLossyConversion:YES];
  S3BXXH64 hash;
  S3BXXH64Start(&hash);
  S3BXXH64Add(&hash, utf8.bytes, utf8.length);
  NSString *beginning =
      [readable substringToIndex:MIN(readable.length, (NSUInteger)LongestReadablePart)];
  return [NSString
      stringWithFormat:@"%@.%016llx", beginning, (unsigned long long)S3BXXH64Value(&hash)];
}

- (NSString *)pathForId:(NSString *)taskId {
  return [_folder stringByAppendingPathComponent:[self nameForId:taskId]];
}

- (BOOL)make:(S3BTask *)task error:(NSError **)error {
  int source = S3BFileOpen(task.file, error);
  if (source < 0) return NO;
  // A new file, never new bytes in one that the session may still be reading.
  [self remove:task.taskId];
  const char *path = [self pathForId:task.taskId].fileSystemRepresentation;
  int slice = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  BOOL made = NO;
  if (slice < 0) {
    failToCopy(error, errno);
  } else {
    made = copyRange(task, source, slice, error) && S3BFileIsSame(task.file, source, error);
    close(slice);
  }
  close(source);
  if (!made) [self remove:task.taskId];
  return made;
}

- (BOOL)has:(NSString *)taskId {
  return access([self pathForId:taskId].fileSystemRepresentation, F_OK) == 0;
}

- (void)remove:(NSString *)taskId {
  [self removePath:[self pathForId:taskId]];
}

- (void)removePath:(NSString *)path {
  if (unlink(path.fileSystemRepresentation) == 0 || errno == ENOENT) return;
  // It only takes room, until the next launch sweeps it.
  NSLog(@"S3BgUploader: a slice cannot be deleted (errno %d)", errno);
}

- (void)removeAllBut:(NSArray<NSString *> *)taskIds {
  NSMutableSet<NSString *> *kept = [NSMutableSet set];
  for (NSString *taskId in taskIds) [kept addObject:[self nameForId:taskId]];
  for (NSString *name in [self names]) {
    if (![kept containsObject:name]) {
      [self removePath:[_folder stringByAppendingPathComponent:name]];
    }
  }
}

- (uint64_t)bytes {
  uint64_t bytes = 0;
  for (NSString *name in [self names]) {
    NSString *path = [_folder stringByAppendingPathComponent:name];
    bytes += [[NSFileManager defaultManager] attributesOfItemAtPath:path error:NULL].fileSize;
  }
  return bytes;
}

- (NSArray<NSString *> *)names {
  NSError *failed = nil;
  NSArray<NSString *> *names = [[NSFileManager defaultManager] contentsOfDirectoryAtPath:_folder
                                                                                   error:&failed];
  if (names == nil) NSLog(@"S3BgUploader: the slices cannot be listed (%@)", failed.domain);
  return names ?: @[];
}

@end
