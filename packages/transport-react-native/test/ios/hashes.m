#import "S3BCRC32.h"
#import "S3BXXH64.h"
#import "expect.h"

#include <string.h>

/** The hash of bytes that come in pieces of this length. */
static NSString *hashOf(NSData *data, NSUInteger piece) {
  S3BXXH64 hash;
  S3BXXH64Start(&hash);
  for (NSUInteger at = 0; at < data.length; at += piece) {
    S3BXXH64Add(&hash, (const char *)data.bytes + at, MIN(piece, data.length - at));
  }
  return [NSString stringWithFormat:@"%016llx", (unsigned long long)S3BXXH64Value(&hash)];
}

TEST(hashesTheSharedVectors) {
  NSArray *hashes = [[S3BTestVectors() objectForKey:@"xxh64"] objectForKey:@"ruled"];
  EXPECT(hashes.count > 100);
  for (NSUInteger n = 0; n < hashes.count; n++) {
    NSMutableData *data = [NSMutableData dataWithLength:n];
    for (NSUInteger i = 0; i < n; i++) {
      ((uint8_t *)data.mutableBytes)[i] = (uint8_t)(31 * i + 17 * n + i / 8);
    }
    EXPECT_EQUAL(hashOf(data, MAX(n, 1u)), [hashes objectAtIndex:n]);
    for (NSUInteger piece = 1; piece < 40; piece += 6) {
      EXPECT_EQUAL(hashOf(data, piece), [hashes objectAtIndex:n]);
    }
  }
}

TEST(hashesLongInputs) {
  NSArray *cases = [[S3BTestVectors() objectForKey:@"xxh64"] objectForKey:@"repeated"];
  EXPECT(cases.count > 0);
  for (NSDictionary *each in cases) {
    NSData *text = [[each objectForKey:@"text"] dataUsingEncoding:NSUTF8StringEncoding];
    NSMutableData *data = [NSMutableData data];
    for (NSInteger i = [[each objectForKey:@"times"] integerValue]; i > 0; i--) {
      [data appendData:text];
    }
    EXPECT_EQUAL(hashOf(data, 1 << 20), [each objectForKey:@"hash"]);
    EXPECT_EQUAL(hashOf(data, 65537), [each objectForKey:@"hash"]);
  }
}

TEST(checksumsAsZlibDoes) {
  EXPECT(S3BCRC32("", 0) == 0);
  EXPECT(S3BCRC32("123456789", 9) == 0xCBF43926u);
}

void S3BTestHashes(void) {
  RUN(hashesTheSharedVectors);
  RUN(hashesLongInputs);
  RUN(checksumsAsZlibDoes);
}
