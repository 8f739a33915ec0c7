#import "S3BHashing.h"

#import <stdatomic.h>

#import "S3BError.h"
#import "S3BFileHash.h"
#import "S3BSerialQueue.h"

static const uint64_t ProgressStep = 16 << 20;

@interface S3BHashRun : NSObject <S3BFileHashObserver>
@end

@implementation S3BHashRun {
 @public
  atomic_bool _cancelled;
  void (^_progress)(uint64_t);
  uint64_t _told;
}

- (BOOL)continueAfterHashing:(uint64_t)bytes {
  if (bytes - _told >= ProgressStep) {
    _told = bytes;
    _progress(bytes);
  }
  return !atomic_load(&_cancelled);
}

@end

@implementation S3BHashing {
  dispatch_queue_t _queue;
  NSMutableDictionary<NSString *, S3BHashRun *> *_runs;
}

- (instancetype)init {
  if ((self = [super init])) {
    _queue = S3BSerialQueue("s3-bg-uploader.hashing");
    _runs = [[NSMutableDictionary alloc] init];
  }
  return self;
}

- (void)hash:(NSString *)runId
        file:(S3BFileRef *)file
    progress:(void (^)(uint64_t))progress
        done:(void (^)(NSString *, NSError *))done {
  S3BHashRun *run = [[S3BHashRun alloc] init];
  run->_progress = [progress copy];
  @synchronized(_runs) {
    [_runs setObject:run forKey:runId];
  }
  dispatch_async(_queue, ^{
    NSError *failed = nil;
    NSString *hash = nil;
    // It may have been cancelled while another file was hashed.
    if (atomic_load(&run->_cancelled)) {
      failed = S3BErrorMake(S3BCodeAborted, @"Hashing was cancelled");
    } else {
      hash = S3BFileHash(file, run, &failed);
    }
    @synchronized(self->_runs) {
      if ([self->_runs objectForKey:runId] == run) [self->_runs removeObjectForKey:runId];
    }
    done(hash, failed);
  });
}

- (void)cancel:(NSString *)runId {
  @synchronized(_runs) {
    S3BHashRun *run = [_runs objectForKey:runId];
    if (run != nil) atomic_store(&run->_cancelled, true);
  }
}

- (void)cancelAll {
  @synchronized(_runs) {
    for (S3BHashRun *run in _runs.allValues) atomic_store(&run->_cancelled, true);
  }
}

@end
