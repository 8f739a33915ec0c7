// The CRC-32 of zlib: the checksum of the ledger's lines (LEDGER.md).
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint32_t S3BCRC32(const void *bytes, size_t length);

#ifdef __cplusplus
}
#endif
