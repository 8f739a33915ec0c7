#import "S3BDurableFile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int S3BSync(int descriptor) {
#ifdef F_FULLFSYNC
  // On Apple's systems fsync leaves the bytes in the drive's cache. Some volumes only know fsync.
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  return fsync(descriptor) == 0 ? 0 : errno;
}

int S3BWriteAll(int descriptor, const void *bytes, size_t length) {
  const char *at = bytes;
  size_t left = length;
  while (left > 0) {
    ssize_t written = write(descriptor, at, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    at += written;
    left -= (size_t)written;
  }
  return 0;
}

int S3BSyncFolderOf(NSString *path) {
  const char *folder = path.stringByDeletingLastPathComponent.fileSystemRepresentation;
  int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int failed = S3BSync(descriptor);
  close(descriptor);
  return failed;
}

int S3BReplaceFile(NSString *path, NSData *data, int *descriptor) {
  NSString *fresh = [path stringByAppendingString:@".new"];
  const char *from = fresh.fileSystemRepresentation;
  int file = open(from, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  int failed = S3BWriteAll(file, data.bytes, data.length);
  if (failed == 0) failed = S3BSync(file);
  if (failed == 0 && rename(from, path.fileSystemRepresentation) != 0) failed = errno;
  if (failed != 0) {
    close(file);
    unlink(from);
    return failed;
  }
  *descriptor = file;
  return 0;
}
