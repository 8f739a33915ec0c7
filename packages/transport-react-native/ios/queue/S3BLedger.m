#import "S3BLedger.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#import "S3BDurableFile.h"
#import "S3BError.h"
#import "S3BLedgerLine.h"
#import "S3BLedgerRecord.h"

@implementation S3BLedger

+ (instancetype)ledgerAtPath:(NSString *)path error:(NSError **)error {
  S3BLedger *ledger = [[self alloc] init];
  ledger->_path = [path copy];
  ledger->_fold = [[S3BLedgerFold alloc] init];
  int failed = [ledger openFile];
  if (failed == 0) failed = [ledger readFile];
  if (failed != 0) {
    [ledger close];
    S3BFail(error, S3BErrorMakeFromErrno(S3BCodeStoreFailed, @"The ledger cannot be read", failed));
    return nil;
  }
  if (ledger->_fold.deadLines > 0) [ledger compact];
  return ledger;
}

- (instancetype)init {
  if ((self = [super init])) {
    _descriptor = -1;
    _folderChanged = YES;
  }
  return self;
}

- (void)close {
  if (_descriptor >= 0) close(_descriptor);
  _descriptor = -1;
}

- (int)openFile {
  _descriptor = open(_path.fileSystemRepresentation, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return _descriptor < 0 ? errno : 0;
}

- (int)readFile {
  NSMutableData *data = [NSMutableData data];
  char piece[16384];
  ssize_t count;
  while ((count = read(_descriptor, piece, sizeof piece)) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    [data appendBytes:piece length:(NSUInteger)count];
  }
  [_fold readData:data];
  _dropped = _fold.dropped;
  NSRange newline = [data rangeOfData:[NSData dataWithBytes:"\n" length:1]
                              options:NSDataSearchBackwards
                                range:NSMakeRange(0, data.length)];
  _length = newline.location == NSNotFound ? 0 : (off_t)NSMaxRange(newline);
  return 0;
}

- (NSArray<S3BEntry *> *)entries {
  return _fold.entries;
}

- (S3BEntry *)entryForId:(NSString *)taskId {
  return [_fold entryForId:taskId];
}

- (NSUInteger)waiting {
  return _fold.waiting;
}

- (S3BConstraints *)constraints {
  return _fold.constraints;
}

- (NSUInteger)dropped {
  return _dropped;
}

- (BOOL)recordEntries:(NSArray<S3BEntry *> *)entries error:(NSError **)error {
  NSMutableData *lines = [NSMutableData data];
  for (S3BEntry *entry in entries) {
    [lines appendData:S3BLedgerLine([S3BLedgerRecord fieldsOfEntry:entry])];
  }
  return [self append:lines error:error];
}

- (BOOL)recordForgotten:(NSArray<NSString *> *)taskIds error:(NSError **)error {
  NSMutableData *lines = [NSMutableData data];
  for (NSString *taskId in taskIds) {
    [lines appendData:S3BLedgerLine([S3BLedgerRecord fieldsOfForgotten:taskId])];
  }
  return [self append:lines error:error];
}

- (BOOL)recordConstraints:(S3BConstraints *)constraints error:(NSError **)error {
  NSArray<NSString *> *fields = [S3BLedgerRecord fieldsOfConstraints:constraints];
  return [self append:S3BLedgerLine(fields) error:error];
}

- (BOOL)append:(NSData *)lines error:(NSError **)error {
  if (lines.length == 0) return YES;
  int failed = [self appendDurably:lines];
  if (failed != 0) {
    NSString *message = @"The ledger cannot be written";
    return S3BFail(error, S3BErrorMakeFromErrno(S3BCodeStoreFailed, message, failed));
  }
  BOOL waited = _fold.waiting > 0;
  [_fold readData:lines];
  BOOL ranDry = waited && _fold.waiting == 0;
  if (_fold.deadLines > _fold.liveLines || ranDry) [self compact];
  return YES;
}

/**
 * Cuts off what an earlier write left half done, so that nothing is glued to rubbish. A file that
 * was created or renamed counts once its folder is synced: before that, what is appended could be
 * lost.
 */
- (int)appendDurably:(NSData *)lines {
  struct stat found;
  if (_folderChanged) {
    int failed = S3BSyncFolderOf(_path);
    if (failed != 0) return failed;
    _folderChanged = NO;
  }
  if (fstat(_descriptor, &found) != 0) return errno;
  if (found.st_size != _length && ftruncate(_descriptor, _length) != 0) return errno;
  if (lseek(_descriptor, _length, SEEK_SET) < 0) return errno;
  int failed = S3BWriteAll(_descriptor, lines.bytes, lines.length);
  if (failed == 0) failed = S3BSync(_descriptor);
  if (failed == 0) {
    _length += (off_t)lines.length;
  } else {
    // What it could not cut off now, the next append does.
    (void)!ftruncate(_descriptor, _length);
  }
  return failed;
}

/** A ledger that cannot be rewritten, for want of space perhaps, only stays long. */
- (void)compact {
  NSData *compacted = _fold.compacted;
  int fresh = -1;
  int failed = S3BReplaceFile(_path, compacted, &fresh);
  if (failed != 0) {
    NSLog(@"S3BgUploader: the ledger cannot be compacted (errno %d)", failed);
    return;
  }
  [self close];
  _descriptor = fresh;
  _length = (off_t)compacted.length;
  _folderChanged = YES;
  _fold = [[S3BLedgerFold alloc] init];
  [_fold readData:compacted];
}

@end
