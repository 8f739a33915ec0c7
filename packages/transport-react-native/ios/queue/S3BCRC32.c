#include "S3BCRC32.h"

// Bit by bit: a line of the ledger is short, and a table would be longer than this.
uint32_t S3BCRC32(const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < length; i++) {
    crc ^= at[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}
