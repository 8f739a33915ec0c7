#import "S3BFileHash.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#import "S3BError.h"
#import "S3BFile.h"
#import "S3BXXH64.h"

enum { PieceLength = 1 << 20 };

static BOOL hashFrom(int descriptor, S3BXXH64 *hash, uint8_t *piece,
                     id<S3BFileHashObserver> observer, NSError **error) {
  ssize_t count;
  while ((count = read(descriptor, piece, PieceLength)) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      NSString *message = @"The file cannot be read";
      return S3BFail(error, S3BErrorMakeFromErrno(S3BCodeFileUnreadable, message, errno));
    }
    S3BXXH64Add(hash, piece, (size_t)count);
    if (![observer continueAfterHashing:hash->length]) {
      return S3BFail(error, S3BErrorMake(S3BCodeAborted, @"Hashing was cancelled"));
    }
  }
  return YES;
}

NSString *S3BFileHash(S3BFileRef *file, id<S3BFileHashObserver> observer, NSError **error) {
  int descriptor = S3BFileOpen(file, error);
  if (descriptor < 0) return nil;
  S3BXXH64 hash;
  S3BXXH64Start(&hash);
  uint8_t *piece = malloc(PieceLength);
  BOOL hashed = piece != NULL && hashFrom(descriptor, &hash, piece, observer, error) &&
                S3BFileIsSame(file, descriptor, error);
  if (piece == NULL) {
    S3BFail(error, S3BErrorMakeFromErrno(S3BCodeFileUnreadable, @"No memory to hash", ENOMEM));
  }
  free(piece);
  close(descriptor);
  if (!hashed) return nil;
  return [NSString stringWithFormat:@"%016llx", (unsigned long long)S3BXXH64Value(&hash)];
}
