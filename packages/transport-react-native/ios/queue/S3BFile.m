#import "S3BFile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#import "S3BContainerPath.h"
#import "S3BError.h"

static int64_t modifiedAt(const struct stat *found) {
#ifdef __APPLE__
  const struct timespec time = found->st_mtimespec;
#else
  const struct timespec time = found->st_mtim;
#endif
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static BOOL checkRegular(const struct stat *found, NSError **error) {
  if (S_ISREG(found->st_mode)) return YES;
  return S3BFail(error, S3BErrorMake(S3BCodeFileNotRegular, @"This is not a regular file"));
}

static BOOL failToOpen(NSError **error, int number) {
  BOOL missing = number == ENOENT || number == ENOTDIR;
  S3BCode code = missing ? S3BCodeFileNotFound : S3BCodeFileUnreadable;
  return S3BFail(error, S3BErrorMakeFromErrno(code, @"The file cannot be opened", number));
}

static BOOL failToRead(NSError **error, int number) {
  NSString *message = @"The file cannot be read";
  return S3BFail(error, S3BErrorMakeFromErrno(S3BCodeFileUnreadable, message, number));
}

/** Does not wait for a writer where the path names a pipe. */
static int openForReading(NSString *path) {
  NSString *now = S3BContainerPath(path, NSHomeDirectory());
  return open(now.fileSystemRepresentation, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

S3BFileRef *S3BFileAt(NSString *path, NSError **error) {
  struct stat found;
  int descriptor = openForReading(path);
  if (descriptor < 0) {
    failToOpen(error, errno);
    return nil;
  }
  int failed = fstat(descriptor, &found) == 0 ? 0 : errno;
  close(descriptor);
  if (failed != 0) {
    failToRead(error, failed);
    return nil;
  }
  if (!checkRegular(&found, error)) return nil;
  return [[S3BFileRef alloc] initWithPath:path
                                     size:(uint64_t)found.st_size
                             lastModified:modifiedAt(&found)];
}

int S3BFileOpen(S3BFileRef *file, NSError **error) {
  int descriptor = openForReading(file.path);
  if (descriptor < 0) {
    failToOpen(error, errno);
    return -1;
  }
  if (S3BFileIsSame(file, descriptor, error)) return descriptor;
  close(descriptor);
  return -1;
}

BOOL S3BFileIsSame(S3BFileRef *file, int descriptor, NSError **error) {
  struct stat found;
  if (fstat(descriptor, &found) != 0) return failToRead(error, errno);
  if (!checkRegular(&found, error)) return NO;
  BOOL sameSize = (uint64_t)found.st_size == file.size;
  BOOL sameTime = file.lastModified < 0 || modifiedAt(&found) == file.lastModified;
  if (sameSize && sameTime) return YES;
  return S3BFail(error, S3BErrorMake(S3BCodeSourceChanged, @"The file is not the one it was"));
}

NSData *S3BFileRead(S3BFileRef *file, uint64_t start, uint64_t end, NSError **error) {
  if (start > end || end > file.size) {
    S3BFail(error, S3BErrorMake(S3BCodeSourceChanged, @"The file ends before the range does"));
    return nil;
  }
  int descriptor = S3BFileOpen(file, error);
  if (descriptor < 0) return nil;
  NSMutableData *data = [NSMutableData dataWithLength:(NSUInteger)(end - start)];
  NSUInteger filled = 0;
  int failed = 0;
  while (filled < data.length) {
    ssize_t count = pread(descriptor, (char *)data.mutableBytes + filled, data.length - filled,
                          (off_t)(start + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      failed = count < 0 ? errno : 0;
      break;
    }
    filled += (NSUInteger)count;
  }
  BOOL same = failed == 0 ? S3BFileIsSame(file, descriptor, error) : failToRead(error, failed);
  close(descriptor);
  if (!same) return nil;
  if (filled == data.length) return data;
  S3BFail(error, S3BErrorMake(S3BCodeSourceChanged, @"The file ends before the range does"));
  return nil;
}
