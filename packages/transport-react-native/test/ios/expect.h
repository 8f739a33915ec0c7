// What the tests of ios/queue need: a run of named tests, and expectations that print where they
// fail.
#import <Foundation/Foundation.h>

/** Runs a test; what it expected and did not find fails the run. */
#define TEST(name) static void name(void)
#define RUN(name) S3BTestRun(#name, name)

#define EXPECT(...) S3BTestExpect((__VA_ARGS__) ? YES : NO, @ #__VA_ARGS__, __FILE__, __LINE__)
#define EXPECT_EQUAL(found, wanted) \
  S3BTestExpectEqual((found), (wanted), @ #found, __FILE__, __LINE__)

void S3BTestRun(const char *name, void (*test)(void));
void S3BTestExpect(BOOL holds, NSString *what, const char *file, int line);
void S3BTestExpectEqual(id found, id wanted, NSString *what, const char *file, int line);

/** Expectations that failed so far. */
NSUInteger S3BTestFailures(void);
/** test-vectors.json. */
NSDictionary *S3BTestVectors(void);
/** An empty folder for this test. */
NSString *S3BTestFolder(void);
/** Creates a file whose byte i is i mod 251. */
NSString *S3BTestFile(NSString *folder, NSString *name, NSUInteger length);

void S3BTestHashes(void);
void S3BTestLedgers(void);
void S3BTestFiles(void);
void S3BTestValues(void);
void S3BTestQueue(void);
void S3BTestHistories(void);
