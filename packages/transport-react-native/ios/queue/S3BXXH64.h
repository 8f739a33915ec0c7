// XXH64 with seed 0 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md), fed piece by piece.
// DESIGN §2: `fileHash` is this hash of the whole file, as 16 lower-case hex digits.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint64_t lanes[4];
  uint64_t length;
  uint8_t pending[32];
  size_t pendingLength;
} S3BXXH64;

void S3BXXH64Start(S3BXXH64 *hash);
void S3BXXH64Add(S3BXXH64 *hash, const void *bytes, size_t length);
/** The hash of all that was added; more may be added afterwards. */
uint64_t S3BXXH64Value(const S3BXXH64 *hash);

#ifdef __cplusplus
}
#endif
