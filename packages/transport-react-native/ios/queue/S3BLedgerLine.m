#import "S3BLedgerLine.h"

#include <stdio.h>
#include <string.h>

#import "S3BCRC32.h"

static const char UpperDigits[] = "0123456789ABCDEF";
enum { ChecksumLength = 8 };

static BOOL isPlain(uint8_t byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || (byte != 0 && strchr("-_.~/:", byte) != NULL);
}

static void appendEncoded(NSMutableData *line, NSString *field) {
  // Lossy only for lone surrogates, which are in no URL and in no path.
  NSData *utf8 = [field dataUsingEncoding:NSUTF8StringEncoding allowLossyConversion:YES];
  const uint8_t *bytes = utf8.bytes;
  for (NSUInteger i = 0; i < utf8.length; i++) {
    uint8_t escaped[] = {'%', UpperDigits[bytes[i] >> 4], UpperDigits[bytes[i] & 15]};
    if (isPlain(bytes[i])) {
      [line appendBytes:bytes + i length:1];
    } else {
      [line appendBytes:escaped length:sizeof escaped];
    }
  }
}

/** The value of an upper-case hex digit, -1 for anything else. */
static int digitValue(uint8_t byte) {
  const char *found = byte == 0 ? NULL : strchr(UpperDigits, byte);
  return found == NULL ? -1 : (int)(found - UpperDigits);
}

static NSString *decoded(const uint8_t *bytes, NSUInteger length) {
  NSMutableData *utf8 = [NSMutableData dataWithCapacity:length];
  for (NSUInteger i = 0; i < length; i++) {
    uint8_t byte = bytes[i];
    if (byte == '%') {
      int high = i + 1 < length ? digitValue(bytes[i + 1]) : -1;
      int low = i + 2 < length ? digitValue(bytes[i + 2]) : -1;
      if (high < 0 || low < 0) return nil;
      byte = (uint8_t)(high << 4 | low);
      i += 2;
    } else if (!isPlain(byte)) {
      return nil;
    }
    [utf8 appendBytes:&byte length:1];
  }
  return [[NSString alloc] initWithData:utf8 encoding:NSUTF8StringEncoding];
}

static void writeChecksum(char text[ChecksumLength + 1], const void *bytes, size_t length) {
  snprintf(text, ChecksumLength + 1, "%08x", S3BCRC32(bytes, length));
}

NSData *S3BLedgerLine(NSArray<NSString *> *fields) {
  NSMutableData *rest = [NSMutableData data];
  for (NSString *field in fields) {
    if (rest.length > 0) [rest appendBytes:"\t" length:1];
    appendEncoded(rest, field);
  }
  char checksum[ChecksumLength + 1];
  writeChecksum(checksum, rest.bytes, rest.length);
  NSMutableData *line = [NSMutableData dataWithBytes:checksum length:ChecksumLength];
  [line appendBytes:"\t" length:1];
  [line appendData:rest];
  [line appendBytes:"\n" length:1];
  return line;
}

NSArray<NSString *> *S3BLedgerFields(NSData *line) {
  const uint8_t *bytes = line.bytes;
  NSUInteger start = ChecksumLength + 1;
  if (line.length < start || bytes[ChecksumLength] != '\t') return nil;
  char checksum[ChecksumLength + 1];
  writeChecksum(checksum, bytes + start, line.length - start);
  if (memcmp(checksum, bytes, ChecksumLength) != 0) return nil;
  NSMutableArray<NSString *> *fields = [NSMutableArray array];
  for (NSUInteger end = start; end <= line.length; end++) {
    if (end < line.length && bytes[end] != '\t') continue;
    NSString *field = decoded(bytes + start, end - start);
    if (field == nil) return nil;
    [fields addObject:field];
    start = end + 1;
  }
  return fields;
}

NSString *S3BLedgerEncoded(NSString *field) {
  NSMutableData *encoded = [NSMutableData data];
  appendEncoded(encoded, field);
  return [[NSString alloc] initWithData:encoded encoding:NSASCIIStringEncoding];
}
