#import "expect.h"

#include <stdlib.h>

static NSString *vectorsPath;
static NSString *filesPath;
static unsigned int tests;
static unsigned int expectations;
static unsigned int failures;

void S3BTestRun(const char *name, void (*test)(void)) {
  unsigned int before = failures;
  tests++;
  test();
  if (failures > before) printf("FAILED %s\n", name);
}

void S3BTestExpect(BOOL holds, NSString *what, const char *file, int line) {
  expectations++;
  if (holds) return;
  failures++;
  printf("%s:%d: expected %s\n", file, line, what.UTF8String);
}

void S3BTestExpectEqual(id found, id wanted, NSString *what, const char *file, int line) {
  BOOL same = found == wanted || [found isEqual:wanted];
  S3BTestExpect(same, what, file, line);
  if (!same) {
    printf("  found  %s\n  wanted %s\n", [found description].UTF8String,
           [wanted description].UTF8String);
  }
}

NSUInteger S3BTestFailures(void) {
  return failures;
}

NSDictionary *S3BTestVectors(void) {
  NSData *json = [NSData dataWithContentsOfFile:vectorsPath];
  return [NSJSONSerialization JSONObjectWithData:json options:0 error:NULL];
}

NSString *S3BTestFolder(void) {
  static unsigned int number;
  NSString *name = [NSString stringWithFormat:@"%u", number++];
  NSString *folder = [filesPath stringByAppendingPathComponent:name];
  NSFileManager *files = [NSFileManager defaultManager];
  BOOL made = [files createDirectoryAtPath:folder
               withIntermediateDirectories:NO
                                attributes:nil
                                     error:NULL];
  if (!made) abort();
  return folder;
}

NSString *S3BTestFile(NSString *folder, NSString *name, NSUInteger length) {
  NSMutableData *data = [NSMutableData dataWithLength:length];
  for (NSUInteger i = 0; i < length; i++) ((uint8_t *)data.mutableBytes)[i] = (uint8_t)(i % 251);
  NSString *path = [folder stringByAppendingPathComponent:name];
  if (![data writeToFile:path atomically:NO]) abort();
  return path;
}

int main(int count, char **arguments) {
  // Never drained: without ARC, what is stored without a retain must live on.
  NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
  (void)pool;
  if (count != 3) return 2;
  vectorsPath = [NSString stringWithUTF8String:arguments[1]];
  filesPath = [NSString stringWithUTF8String:arguments[2]];
  S3BTestHashes();
  S3BTestLedgers();
  S3BTestFiles();
  S3BTestValues();
  S3BTestQueue();
  S3BTestHistories();
  printf("%u tests, %u expectations, %u failed\n", tests, expectations, failures);
  return failures == 0 ? 0 : 1;
}
