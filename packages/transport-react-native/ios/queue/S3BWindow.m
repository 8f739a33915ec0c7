#import "S3BWindow.h"

uint64_t S3BWindowBytes(uint64_t freeBytes, uint64_t slicedBytes) {
  const uint64_t mebibyte = 1 << 20;
  uint64_t share = (freeBytes + slicedBytes) / 4;
  return MAX(64 * mebibyte, MIN(1024 * mebibyte, share));
}
