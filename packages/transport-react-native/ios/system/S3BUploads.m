#import "S3BUploads.h"

#import "S3BContinuedTask.h"
#import "S3BDevice.h"
#import "S3BLedger.h"
#import "S3BSerialQueue.h"
#import "S3BSlices.h"
#import "S3BStorage.h"
#import "S3BURLSession.h"
#import "S3BWake.h"

// The system gives an app that it woke about half a minute.
static const int64_t LongestWake = 20 * NSEC_PER_SEC;
// What ended while the app was dead is said right after the session was taken up.
static const int64_t TimeToSayWhatEnded = 3 * NSEC_PER_SEC;

typedef void (^S3BWork)(S3BQueue *queue);

@interface S3BUploads () <S3BQueueListener, S3BWakeTarget>
@end

// Everything below is used on the serial queue only.
@implementation S3BUploads {
  dispatch_queue_t _serial;
  S3BDevice *_device;
  S3BConditions *_conditions;
  S3BURLSession *_session;
  S3BQueue *_queue;
  S3BContinuedTask *_continued;
  BOOL _adopted;
  NSMutableArray<S3BWork> *_pending;
  NSNumber *_toldConstrained;
  S3BWake *_wake;
  NSMutableArray<void (^)(void)> *_handlers;
}

+ (S3BUploads *)shared {
  static S3BUploads *shared;
  static dispatch_once_t once;
  dispatch_once(&once, ^{
    shared = [[S3BUploads alloc] init];
  });
  return shared;
}

- (instancetype)init {
  if ((self = [super init])) {
    _serial = S3BSerialQueue("s3-bg-uploader");
    _pending = [[NSMutableArray alloc] init];
    _handlers = [[NSMutableArray alloc] init];
    _wake = [[S3BWake alloc] initWithTarget:self];
    _continued = [[S3BContinuedTask alloc] init];
    __weak S3BUploads *weakSelf = self;
    _device = [[S3BDevice alloc] initWithQueue:_serial
                                       changed:^(S3BConditions *conditions) {
                                         [weakSelf conditionsChanged:conditions];
                                       }];
    [_device start];
  }
  return self;
}

#pragma mark - Opening

- (void)open {
  [self
      perform:^(S3BQueue *queue) {
      }
      failed:^(NSError *error) {
        NSLog(@"S3BgUploader: %@", error.localizedDescription);
      }];
}

- (void)perform:(S3BWork)work failed:(void (^)(NSError *))failed {
  dispatch_async(_serial, ^{
    NSError *error = nil;
    if (self->_adopted) {
      [self run:work];
    } else if (self->_queue != nil || [self openQueue:&error]) {
      [self->_pending addObject:work];
    } else {
      failed(error);
    }
  });
}

- (void)run:(S3BWork)work {
  work(_queue);
  [_continued follow:_queue];
}

/**
 * Without its ledger the session is left alone: the system keeps what it has to say until somebody
 * can write it down.
 */
- (BOOL)openQueue:(NSError **)error {
  NSString *path = nil;
  NSString *folder = nil;
  if (!S3BStorageOpen(&path, &folder, error)) return NO;
  S3BLedger *ledger = [S3BLedger ledgerAtPath:path error:error];
  if (ledger == nil) return NO;
  if (ledger.dropped > 0) {
    NSLog(@"S3BgUploader: %lu lines of the ledger were damaged", (unsigned long)ledger.dropped);
  }
  _session = [[S3BURLSession alloc] initWithQueue:_serial];
  _queue = [[S3BQueue alloc] initWithLedger:ledger
                                     slices:[[S3BSlices alloc] initWithFolder:folder]
                                    session:_session
                                   charging:_conditions == nil || _conditions.charging
                                   listener:self];
  [self connect];
  return YES;
}

- (void)connect {
  [_session connectTo:_queue
      known:^(NSArray<S3BSessionTask *> *tasks) {
        [self adopt:tasks];
      }
      delivered:^{
        if (self->_adopted) [self->_queue breakLostTasks];
        [self->_wake delivered];
      }];
}

- (void)adopt:(NSArray<S3BSessionTask *> *)tasks {
  [_queue adopt:tasks];
  _adopted = YES;
  NSArray<S3BWork> *pending = [_pending copy];
  [_pending removeAllObjects];
  for (S3BWork work in pending) [self run:work];
  dispatch_after(dispatch_time(DISPATCH_TIME_NOW, TimeToSayWhatEnded), _serial, ^{
    [self->_queue breakLostTasks];
  });
}

#pragma mark - What changes

- (void)conditionsChanged:(S3BConditions *)conditions {
  _conditions = conditions;
  if (!_adopted) return;
  [_queue setCharging:conditions.charging];
  [self tellConstrained];
}

- (BOOL)isConstrained {
  BOOL constrained = [_conditions breakConstraints:_queue.constraints];
  _toldConstrained = @(constrained);
  return constrained;
}

- (void)tellConstrained {
  NSNumber *before = _toldConstrained;
  BOOL constrained = [self isConstrained];
  if (before == nil || before.boolValue != constrained) [_listener constrainedChanged:constrained];
}

- (void)taskChanged:(NSDictionary *)status {
  [_listener taskChanged:status];
  [_continued follow:_queue];
}

- (void)resultRecorded {
  [_wake resultCame];
  [_continued partEnded];
}

- (void)serially:(void (^)(void))work {
  dispatch_async(_serial, work);
}

- (void)setTitle:(NSString *)title subtitle:(NSString *)subtitle {
  dispatch_async(_serial, ^{
    [self->_continued setTitle:title subtitle:subtitle];
  });
}

#pragma mark - Wakes

- (void)wokenWithHandler:(void (^)(void))handler {
  dispatch_async(_serial, ^{
    [self->_handlers addObject:[handler copy]];
    NSUInteger number = [self->_wake began];
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, LongestWake), self->_serial, ^{
      [self->_wake expired:number];
    });
  });
  [self open];
}

- (void)finishWake {
  dispatch_async(_serial, ^{
    [self->_wake finished];
  });
}

- (void)wakeEnded {
  NSArray<void (^)(void)> *handlers = [_handlers copy];
  [_handlers removeAllObjects];
  dispatch_async(dispatch_get_main_queue(), ^{
    for (void (^handler)(void) in handlers) handler();
  });
}

@end
