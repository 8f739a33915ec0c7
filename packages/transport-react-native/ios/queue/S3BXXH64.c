#include "S3BXXH64.h"

#include <string.h>

static const uint64_t P1 = 0x9E3779B185EBCA87u;
static const uint64_t P2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t P3 = 0x165667B19E3779F9u;
static const uint64_t P4 = 0x85EBCA77C2B2AE63u;
static const uint64_t P5 = 0x27D4EB2F165667C5u;

static uint64_t rotated(uint64_t value, int bits) {
  return (value << bits) | (value >> (64 - bits));
}

// Every platform of ours is little-endian, as the hash wants it; memcpy allows any alignment.
static uint64_t read64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint32_t read32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint64_t mixed(uint64_t lane, uint64_t input) {
  return rotated(lane + input * P2, 31) * P1;
}

static uint64_t merged(uint64_t value, uint64_t lane) {
  return (value ^ mixed(0, lane)) * P1 + P4;
}

static void addStripe(S3BXXH64 *hash, const uint8_t *at) {
  for (int lane = 0; lane < 4; lane++) {
    hash->lanes[lane] = mixed(hash->lanes[lane], read64(at + 8 * lane));
  }
}

void S3BXXH64Start(S3BXXH64 *hash) {
  memset(hash, 0, sizeof *hash);
  hash->lanes[0] = P1 + P2;
  hash->lanes[1] = P2;
  hash->lanes[3] = 0 - P1;
}

void S3BXXH64Add(S3BXXH64 *hash, const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  if (length == 0) return;
  hash->length += length;
  if (hash->pendingLength > 0) {
    size_t room = sizeof hash->pending - hash->pendingLength;
    size_t taken = length < room ? length : room;
    memcpy(hash->pending + hash->pendingLength, at, taken);
    hash->pendingLength += taken;
    at += taken;
    length -= taken;
    if (hash->pendingLength < sizeof hash->pending) return;
    addStripe(hash, hash->pending);
    hash->pendingLength = 0;
  }
  for (; length >= 32; at += 32, length -= 32) addStripe(hash, at);
  memcpy(hash->pending, at, length);
  hash->pendingLength = length;
}

uint64_t S3BXXH64Value(const S3BXXH64 *hash) {
  const uint64_t *lanes = hash->lanes;
  const uint8_t *at = hash->pending;
  size_t left = hash->pendingLength;
  uint64_t value = P5;
  if (hash->length >= 32) {
    value =
        rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (int lane = 0; lane < 4; lane++) value = merged(value, lanes[lane]);
  }
  value += hash->length;
  for (; left >= 8; at += 8, left -= 8) {
    value = rotated(value ^ mixed(0, read64(at)), 27) * P1 + P4;
  }
  if (left >= 4) {
    value = rotated(value ^ read32(at) * P1, 23) * P2 + P3;
    at += 4;
    left -= 4;
  }
  for (; left > 0; at++, left--) value = rotated(value ^ *at * P5, 11) * P1;
  value = (value ^ (value >> 33)) * P2;
  value = (value ^ (value >> 29)) * P3;
  return value ^ (value >> 32);
}
