#import "S3BgUploaderModule.h"

#import "S3BBridge.h"
#import "S3BError.h"
#import "S3BFile.h"
#import "S3BHashing.h"
#import "S3BSerialQueue.h"
#import "S3BStorage.h"
#import "S3BWindow.h"

/** A rejection with a code of native-module.ts. */
static void rejectWith(RCTPromiseRejectBlock reject, NSError *error) {
  reject(S3BErrorCode(error), error.localizedDescription, error);
}

static S3BFileRef *fileFrom(const JS::NativeS3BgUploader::FileRef &file) {
  return [[S3BFileRef alloc] initWithPath:file.path()
                                     size:(uint64_t)file.size()
                             lastModified:(int64_t)file.lastModified()];
}

@implementation S3BgUploaderModule {
  S3BHashing *_hashing;
  dispatch_queue_t _files;
}

+ (NSString *)moduleName {
  return @"S3BgUploader";
}

+ (BOOL)requiresMainQueueSetup {
  return NO;
}

- (instancetype)init {
  if ((self = [super init])) {
    _hashing = [[S3BHashing alloc] init];
    _files = S3BSerialQueue("s3-bg-uploader.files");
  }
  return self;
}

- (std::shared_ptr<facebook::react::TurboModule>)getTurboModule:
    (const facebook::react::ObjCTurboModule::InitParams &)params {
  return std::make_shared<facebook::react::NativeS3BgUploaderSpecJSI>(params);
}

/**
 * JavaScript is there, for the first time or after a reload. Events are sent on the thread of the
 * queue only, so that nobody uses the callback while it is exchanged, and not before there is one.
 */
- (void)setEventEmitterCallback:(EventEmitterCallbackWrapper *)eventEmitterCallbackWrapper {
  // Nobody waits for what was hashed for the JavaScript before.
  [_hashing cancelAll];
  [S3BUploads.shared serially:^{
    [super setEventEmitterCallback:eventEmitterCallbackWrapper];
    S3BUploads.shared.listener = self;
  }];
}

- (void)taskChanged:(NSDictionary *)status {
  [self emitOnTask:status];
}

- (void)constrainedChanged:(BOOL)constrained {
  [self emitOnConstrained:constrained];
}

#pragma mark - Files

- (void)open:(NSString *)path
     resolve:(RCTPromiseResolveBlock)resolve
      reject:(RCTPromiseRejectBlock)reject {
  dispatch_async(_files, ^{
    NSError *failed = nil;
    S3BFileRef *file = S3BFileAt(path, &failed);
    if (file == nil) {
      rejectWith(reject, failed);
    } else {
      resolve(S3BDictionaryOfFile(file));
    }
  });
}

- (void)read:(JS::NativeS3BgUploader::FileRef &)file
       start:(double)start
         end:(double)end
     resolve:(RCTPromiseResolveBlock)resolve
      reject:(RCTPromiseRejectBlock)reject {
  S3BFileRef *ref = fileFrom(file);
  dispatch_async(_files, ^{
    NSError *failed = nil;
    NSData *data = S3BFileRead(ref, (uint64_t)start, (uint64_t)end, &failed);
    if (data == nil) {
      rejectWith(reject, failed);
    } else {
      resolve([data base64EncodedStringWithOptions:0]);
    }
  });
}

- (void)hash:(NSString *)runId
        file:(JS::NativeS3BgUploader::FileRef &)file
     resolve:(RCTPromiseResolveBlock)resolve
      reject:(RCTPromiseRejectBlock)reject {
  [_hashing hash:runId
      file:fileFrom(file)
      progress:^(uint64_t bytes) {
        [S3BUploads.shared serially:^{
          [self emitOnHashed:@{@"id" : runId, @"hashedBytes" : @(bytes)}];
        }];
      }
      done:^(NSString *hash, NSError *error) {
        if (hash == nil) {
          rejectWith(reject, error);
        } else {
          resolve(hash);
        }
      }];
}

- (void)cancelHash:(NSString *)runId
           resolve:(RCTPromiseResolveBlock)resolve
            reject:(RCTPromiseRejectBlock)reject {
  [_hashing cancel:runId];
  resolve(nil);
}

#pragma mark - The queue

- (void)enqueue:(NSArray *)tasks
        resolve:(RCTPromiseResolveBlock)resolve
         reject:(RCTPromiseRejectBlock)reject {
  NSError *wrong = nil;
  NSArray<S3BTask *> *parts = S3BTasksFrom(tasks, &wrong);
  if (parts == nil) {
    rejectWith(reject, wrong);
    return;
  }
  [self resolve:resolve
           reject:reject
      afterChange:^(S3BQueue *queue, NSError **error) {
        return [queue enqueue:parts error:error];
      }];
}

- (void)list:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject {
  [self reject:reject
         orAsk:^(S3BQueue *queue) {
           resolve([queue list]);
         }];
}

- (void)cancel:(NSArray *)ids
       resolve:(RCTPromiseResolveBlock)resolve
        reject:(RCTPromiseRejectBlock)reject {
  [self resolve:resolve
           reject:reject
      afterChange:^(S3BQueue *queue, NSError **error) {
        return [queue cancel:ids error:error];
      }];
}

- (void)acknowledge:(NSArray *)ids
            resolve:(RCTPromiseResolveBlock)resolve
             reject:(RCTPromiseRejectBlock)reject {
  [self resolve:resolve
           reject:reject
      afterChange:^(S3BQueue *queue, NSError **error) {
        return [queue acknowledge:ids error:error];
      }];
}

- (void)window:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject {
  [self reject:reject
         orAsk:^(S3BQueue *queue) {
           uint64_t bytes = S3BWindowBytes(S3BStorageFreeBytes(), [queue slicedBytes]);
           resolve(@{@"tasks" : @(S3BWindowTasks), @"bytes" : @(bytes)});
         }];
}

- (void)setConstraints:(JS::NativeS3BgUploader::Constraints &)constraints
               resolve:(RCTPromiseResolveBlock)resolve
                reject:(RCTPromiseRejectBlock)reject {
  S3BConstraints *wanted = [[S3BConstraints alloc] initWithUnmetered:constraints.unmetered()
                                                          notRoaming:constraints.notRoaming()
                                                            charging:constraints.charging()];
  [self resolve:resolve
           reject:reject
      afterChange:^(S3BQueue *queue, NSError **error) {
        BOOL recorded = [queue setConstraints:wanted error:error];
        if (recorded) [S3BUploads.shared tellConstrained];
        return recorded;
      }];
}

- (void)isConstrained:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject {
  [self reject:reject
         orAsk:^(S3BQueue *queue) {
           resolve(@([S3BUploads.shared isConstrained]));
         }];
}

- (void)setNotification:(NSString *)title
               subtitle:(NSString *)subtitle
                resolve:(RCTPromiseResolveBlock)resolve
                 reject:(RCTPromiseRejectBlock)reject {
  [S3BUploads.shared setTitle:title subtitle:subtitle];
  resolve(nil);
}

- (void)finishWake:(RCTPromiseResolveBlock)resolve reject:(RCTPromiseRejectBlock)reject {
  [S3BUploads.shared finishWake];
  resolve(nil);
}

- (void)reject:(RCTPromiseRejectBlock)reject orAsk:(void (^)(S3BQueue *queue))question {
  [S3BUploads.shared perform:question
                      failed:^(NSError *error) {
                        rejectWith(reject, error);
                      }];
}

- (void)resolve:(RCTPromiseResolveBlock)resolve
         reject:(RCTPromiseRejectBlock)reject
    afterChange:(BOOL (^)(S3BQueue *queue, NSError **error))change {
  [self reject:reject
         orAsk:^(S3BQueue *queue) {
           NSError *failed = nil;
           if (change(queue, &failed)) {
             resolve(nil);
           } else {
             rejectWith(reject, failed);
           }
         }];
}

@end
