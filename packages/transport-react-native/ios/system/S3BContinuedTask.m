#import "S3BContinuedTask.h"

#import <BackgroundTasks/BackgroundTasks.h>

// Xcode before 26 does not know of it.
#if defined(__IPHONE_26_0)

/** The system kills such tasks when they do not move, so parts are shown in small steps. */
static const double StepsPerPart = 1000;

@implementation S3BContinuedTask {
  NSString *_identifier;
  NSString *_title;
  NSString *_subtitle;
  BOOL _registered;
  BOOL _asked;
  NSUInteger _ended;
  BGTask *_task;
}

- (instancetype)init {
  if ((self = [super init])) {
    id name = [NSBundle.mainBundle objectForInfoDictionaryKey:@"S3BgUploaderContinuedTask"];
    if ([name isKindOfClass:[NSString class]]) _identifier = [name copy];
    _title = @"";
    _subtitle = @"";
  }
  return self;
}

- (void)setTitle:(NSString *)title subtitle:(NSString *)subtitle {
  @synchronized(self) {
    _title = [title copy];
    _subtitle = [subtitle copy];
    if (@available(iOS 26.0, *)) {
      [(BGContinuedProcessingTask *)_task updateTitle:_title subtitle:_subtitle];
    }
  }
}

- (void)partEnded {
  @synchronized(self) {
    _ended++;
  }
}

- (void)follow:(S3BQueue *)queue {
  if (_identifier == nil) return;
  if (@available(iOS 26.0, *)) {
    @synchronized(self) {
      if (queue.waiting == 0) {
        [self finish];
        return;
      }
      if (!_asked) [self ask];
      NSProgress *progress = ((BGContinuedProcessingTask *)_task).progress;
      progress.totalUnitCount = (int64_t)((double)(_ended + queue.waiting) * StepsPerPart);
      progress.completedUnitCount = (int64_t)(((double)_ended + queue.sentParts) * StepsPerPart);
    }
  }
}

- (void)ask API_AVAILABLE(ios(26.0)) {
  _asked = YES;
  BGTaskScheduler *scheduler = BGTaskScheduler.sharedScheduler;
  if (!_registered) {
    _registered = [scheduler registerForTaskWithIdentifier:_identifier
                                                usingQueue:nil
                                             launchHandler:^(BGTask *task) {
                                               [self began:task];
                                             }];
  }
  BGContinuedProcessingTaskRequest *request =
      [[BGContinuedProcessingTaskRequest alloc] initWithIdentifier:_identifier
                                                             title:_title
                                                          subtitle:_subtitle];
  NSError *failed = nil;
  if (!_registered || ![scheduler submitTaskRequest:request error:&failed]) {
    // As in the background, where it may not be asked for. The session goes on by itself.
    NSLog(@"S3BgUploader: no continued task (%@ %ld)", failed.domain, (long)failed.code);
  }
}

- (void)began:(BGTask *)task {
  @synchronized(self) {
    _task = task;
    task.expirationHandler = ^{
      @synchronized(self) {
        [self->_task setTaskCompletedWithSuccess:NO];
        self->_task = nil;
      }
    };
    // The queue may have run dry before the system got round to it.
    if (!_asked) [self finish];
  }
}

- (void)finish {
  [_task setTaskCompletedWithSuccess:YES];
  _task = nil;
  _asked = NO;
  _ended = 0;
}

@end

#else

@implementation S3BContinuedTask

- (void)setTitle:(NSString *)title subtitle:(NSString *)subtitle {
}

- (void)follow:(S3BQueue *)queue {
}

- (void)partEnded {
}

@end

#endif
