#import "S3BQueue.h"

#import "S3BBridge.h"
#import "S3BError.h"
#import "S3BReconciliation.h"

@implementation S3BQueue

- (instancetype)initWithLedger:(S3BLedger *)ledger
                        slices:(S3BSlices *)slices
                       session:(id<S3BSession>)session
                      charging:(BOOL)charging
                      listener:(id<S3BQueueListener>)listener {
  if ((self = [super init])) {
    _ledger = ledger;
    _slices = slices;
    _session = session;
    _charging = charging;
    _listener = listener;
    _live = [[NSMutableDictionary alloc] init];
    _unwritten = [[NSMutableDictionary alloc] init];
  }
  return self;
}

#pragma mark - After a launch

- (void)adopt:(NSArray<S3BSessionTask *> *)sessionTasks {
  NSMutableArray<NSString *> *waiting = [NSMutableArray array];
  for (S3BEntry *entry in _ledger.entries) {
    if (entry.task != nil) [waiting addObject:entry.taskId];
  }
  S3BReconciliation *found = [S3BReconciliation of:sessionTasks
                                           waiting:[NSSet setWithArray:waiting]];
  for (S3BSessionTask *task in found.kept) [_live setObject:task forKey:task.taskId];
  for (S3BSessionTask *task in found.unwanted) [_session cancel:task.handle];
  [_slices removeAllBut:waiting];
  if (![self mayRun]) [self holdBack];
  [self startHeldBack];
}

- (void)breakLostTasks {
  for (S3BEntry *entry in _ledger.entries) {
    if (entry.task == nil || [_live objectForKey:entry.taskId] != nil) continue;
    if ([_unwritten objectForKey:entry.taskId] != nil || ![_slices has:entry.taskId]) continue;
    [self end:[S3BEntry broken:entry.taskId
                          code:S3BCodeNetwork
                       message:@"The system no longer knows of this part"]];
  }
  [self startHeldBack];
}

- (void)startOver {
  [self holdBack];
  [self startHeldBack];
}

#pragma mark - For JavaScript

- (BOOL)enqueue:(NSArray<S3BTask *> *)tasks error:(NSError **)error {
  NSMutableArray<S3BEntry *> *fresh = [NSMutableArray array];
  NSMutableSet<NSString *> *seen = [NSMutableSet set];
  for (S3BTask *task in tasks) {
    if ([_ledger entryForId:task.taskId] != nil || [seen containsObject:task.taskId]) continue;
    [seen addObject:task.taskId];
    [fresh addObject:[S3BEntry waiting:task]];
  }
  if (![_ledger recordEntries:fresh error:error]) return NO;
  [self startHeldBack];
  return YES;
}

- (NSArray<NSDictionary *> *)list {
  [self writeUnwritten];
  NSMutableArray<NSDictionary *> *statuses = [NSMutableArray array];
  for (S3BEntry *entry in _ledger.entries) [statuses addObject:[self statusOf:entry]];
  return statuses;
}

/** An end that is not in the ledger yet has not happened: its task counts as running. */
- (NSDictionary *)statusOf:(S3BEntry *)entry {
  if (entry.task == nil) return S3BStatusOfEntry(entry);
  if ([_unwritten objectForKey:entry.taskId] != nil) {
    return S3BStatusOfRunning(entry.taskId, entry.task.end - entry.task.start);
  }
  uint64_t sentBytes = [_live objectForKey:entry.taskId].sentBytes;
  return sentBytes > 0 ? S3BStatusOfRunning(entry.taskId, sentBytes) : S3BStatusOfEntry(entry);
}

- (BOOL)cancel:(NSArray<NSString *> *)taskIds error:(NSError **)error {
  return [self forget:taskIds onlyEnded:NO error:error];
}

- (BOOL)acknowledge:(NSArray<NSString *> *)taskIds error:(NSError **)error {
  return [self forget:taskIds onlyEnded:YES error:error];
}

- (BOOL)forget:(NSArray<NSString *> *)taskIds onlyEnded:(BOOL)onlyEnded error:(NSError **)error {
  [self writeUnwritten];
  NSMutableArray<NSString *> *known = [NSMutableArray array];
  for (NSString *taskId in [NSOrderedSet orderedSetWithArray:taskIds]) {
    S3BEntry *entry = [_ledger entryForId:taskId];
    if (entry != nil && !(onlyEnded && entry.task != nil)) [known addObject:taskId];
  }
  if (![_ledger recordForgotten:known error:error]) return NO;
  for (NSString *taskId in known) {
    [_unwritten removeObjectForKey:taskId];
    [self withdraw:taskId];
  }
  [self startHeldBack];
  return YES;
}

#pragma mark - Constraints

- (S3BConstraints *)constraints {
  return _ledger.constraints;
}

- (BOOL)setConstraints:(S3BConstraints *)constraints error:(NSError **)error {
  S3BConstraints *before = _ledger.constraints;
  if (![_ledger recordConstraints:constraints error:error]) return NO;
  // The networks that a request may use are fixed when it is made, so all are made again.
  if (![constraints allowsSameNetworksAs:before] || ![self mayRun]) [self holdBack];
  [self startHeldBack];
  return YES;
}

- (void)setCharging:(BOOL)charging {
  _charging = charging;
  if (![self mayRun]) [self holdBack];
  [self startHeldBack];
}

- (BOOL)mayRun {
  return _charging || !_ledger.constraints.charging;
}

- (void)holdBack {
  for (S3BEntry *entry in _ledger.entries) {
    if ([_live objectForKey:entry.taskId] != nil) [self withdraw:entry.taskId];
  }
}

/** Takes a task from the session, with its slice. */
- (void)withdraw:(NSString *)taskId {
  S3BSessionTask *task = [_live objectForKey:taskId];
  if (task != nil) [_session cancel:task.handle];
  [_live removeObjectForKey:taskId];
  [_slices remove:taskId];
}

#pragma mark - Running

- (NSUInteger)waiting {
  return _ledger.waiting;
}

- (uint64_t)slicedBytes {
  return _slices.bytes;
}

- (double)sentParts {
  double parts = 0;
  for (S3BSessionTask *live in _live.allValues) {
    S3BTask *task = [_ledger entryForId:live.taskId].task;
    if (task.end > task.start) parts += (double)live.sentBytes / (double)(task.end - task.start);
  }
  return parts;
}

- (void)startHeldBack {
  if (![self mayRun]) return;
  for (S3BEntry *entry in _ledger.entries) {
    if (entry.task == nil || [_live objectForKey:entry.taskId] != nil) continue;
    if ([_unwritten objectForKey:entry.taskId] != nil || [_slices has:entry.taskId]) continue;
    if (![self start:entry.task]) return;
  }
}

/** NO when the others have to wait as well, because there is no room for slices now. */
- (BOOL)start:(S3BTask *)task {
  NSError *failed = nil;
  NSUInteger handle = 0;
  BOOL started = [_slices make:task error:&failed];
  BOOL full = !started && S3BErrorCode(failed) == S3BCodeStoreFailed;
  if (full && _live.count > 0) return NO;
  if (started) {
    started = [_session put:task.taskId
                        url:task.url
                       path:[_slices pathForId:task.taskId]
                constraints:_ledger.constraints
                     handle:&handle
                      error:&failed];
  }
  if (started) {
    S3BSessionTask *live = [[S3BSessionTask alloc] initWithId:task.taskId handle:handle];
    [_live setObject:live forKey:task.taskId];
  } else {
    [self end:[S3BEntry broken:task.taskId
                          code:S3BErrorCode(failed)
                       message:failed.localizedDescription]];
  }
  return YES;
}

- (void)sent:(uint64_t)bytes task:(NSString *)taskId handle:(NSUInteger)handle {
  S3BSessionTask *live = [_live objectForKey:taskId];
  if (live == nil || live.handle != handle) return;
  live.sentBytes = bytes;
  [_listener taskChanged:S3BStatusOfRunning(taskId, bytes)];
}

- (void)ended:(S3BEntry *)entry handle:(NSUInteger)handle {
  [self writeUnwritten];
  S3BEntry *known = [_ledger entryForId:entry.taskId];
  S3BSessionTask *live = [_live objectForKey:entry.taskId];
  BOOL isLive = live != nil && live.handle == handle;
  if (entry.state == S3BStateAnswered) {
    // The bytes are there, so it counts whoever it was that sent them, and also when the task was
    // given up for lost.
    if (known == nil || known.state == S3BStateAnswered) return;
  } else {
    // That an exchange broke only counts when the task is with the session by that exchange. One
    // that was withdrawn has no slice; one that was started again has another handle.
    if (known.task == nil || !(isLive || (live == nil && [_slices has:entry.taskId]))) return;
  }
  [self end:entry];
  [self startHeldBack];
}

/** Ends a task: first in the ledger, then for everybody. */
- (void)end:(S3BEntry *)entry {
  NSError *failed = nil;
  if ([_ledger recordEntries:@[ entry ] error:&failed]) {
    [_unwritten removeObjectForKey:entry.taskId];
    [self withdraw:entry.taskId];
    [_listener taskChanged:S3BStatusOfEntry(entry)];
    [_listener resultRecorded];
  } else {
    NSLog(@"S3BgUploader: an end is kept in memory (%@)", failed.localizedDescription);
    [_unwritten setObject:entry forKey:entry.taskId];
  }
}

- (void)writeUnwritten {
  for (S3BEntry *entry in _unwritten.allValues) [self end:entry];
}

@end
