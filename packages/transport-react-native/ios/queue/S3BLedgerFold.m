#import "S3BLedgerFold.h"

#include <string.h>

#import "S3BLedgerLine.h"
#import "S3BLedgerRecord.h"

@implementation S3BLedgerFold
@synthesize constraints = _constraints;
@synthesize dropped = _dropped;
@synthesize waiting = _waiting;

- (instancetype)init {
  if ((self = [super init])) {
    _order = [[NSMutableArray alloc] init];
    _byId = [[NSMutableDictionary alloc] init];
    _constraints = [S3BConstraints none];
  }
  return self;
}

- (void)readData:(NSData *)data {
  const char *bytes = data.bytes;
  NSUInteger start = 0;
  while (start < data.length) {
    const char *newline = memchr(bytes + start, '\n', data.length - start);
    NSUInteger end = newline == NULL ? data.length : (NSUInteger)(newline - bytes);
    NSData *line = [data subdataWithRange:NSMakeRange(start, end - start)];
    NSArray<NSString *> *fields = newline == NULL ? nil : S3BLedgerFields(line);
    S3BLedgerRecord *record = fields == nil ? nil : [S3BLedgerRecord recordWithFields:fields];
    _lines++;
    if (record == nil) {
      _dropped++;
    } else {
      [self apply:record];
    }
    start = end + 1;
  }
}

- (void)apply:(S3BLedgerRecord *)record {
  if (record.constraints != nil) {
    _constraints = record.constraints;
  } else if (record.entry != nil) {
    [self put:record.entry];
  } else {
    [self forget:record.forgotten];
  }
}

- (void)put:(S3BEntry *)entry {
  S3BEntry *before = [_byId objectForKey:entry.taskId];
  if (before == nil) [_order addObject:entry.taskId];
  if (before.task != nil) _waiting--;
  if (entry.task != nil) _waiting++;
  [_byId setObject:entry forKey:entry.taskId];
}

- (void)forget:(NSString *)taskId {
  S3BEntry *before = [_byId objectForKey:taskId];
  if (before == nil) return;
  if (before.task != nil) _waiting--;
  [_order removeObject:taskId];
  [_byId removeObjectForKey:taskId];
}

- (NSArray<S3BEntry *> *)entries {
  NSMutableArray<S3BEntry *> *entries = [NSMutableArray arrayWithCapacity:_order.count];
  for (NSString *taskId in _order) [entries addObject:[_byId objectForKey:taskId]];
  return entries;
}

- (S3BEntry *)entryForId:(NSString *)taskId {
  return [_byId objectForKey:taskId];
}

- (NSUInteger)liveLines {
  return _order.count + (_constraints.any ? 1 : 0);
}

- (NSUInteger)deadLines {
  return _lines - self.liveLines;
}

- (NSData *)compacted {
  NSMutableData *file = [NSMutableData data];
  if (_constraints.any) {
    [file appendData:S3BLedgerLine([S3BLedgerRecord fieldsOfConstraints:_constraints])];
  }
  for (S3BEntry *entry in self.entries) {
    [file appendData:S3BLedgerLine([S3BLedgerRecord fieldsOfEntry:entry])];
  }
  return file;
}

@end
