#import "S3BURLSession.h"

#import "S3BAnswer.h"
#import "S3BError.h"
#import "S3BURLRequest.h"

NSString *const S3BURLSessionIdentifier = @"s3-bg-uploader.parts";

@interface S3BURLSession () <NSURLSessionDataDelegate>
@end

@implementation S3BURLSession {
  dispatch_queue_t _serial;
  NSOperationQueue *_delegateQueue;
  NSURLSession *_session;
  S3BQueue *_queue;
  void (^_delivered)(void);
  NSMutableDictionary<NSNumber *, NSURLSessionTask *> *_tasks;
  NSMutableDictionary<NSNumber *, NSMutableData *> *_bodies;
}

- (instancetype)initWithQueue:(dispatch_queue_t)serial {
  if ((self = [super init])) {
    _serial = serial;
    _delegateQueue = [[NSOperationQueue alloc] init];
    _delegateQueue.maxConcurrentOperationCount = 1;
    _delegateQueue.underlyingQueue = serial;
    _tasks = [[NSMutableDictionary alloc] init];
    _bodies = [[NSMutableDictionary alloc] init];
  }
  return self;
}

- (void)connectTo:(S3BQueue *)queue
            known:(void (^)(NSArray<S3BSessionTask *> *))known
        delivered:(void (^)(void))delivered {
  _queue = queue;
  _delivered = [delivered copy];
  _session = [self makeSession];
  [_session getAllTasksWithCompletionHandler:^(NSArray<NSURLSessionTask *> *tasks) {
    dispatch_async(self->_serial, ^{
      known([self takeUp:tasks]);
    });
  }];
}

- (NSURLSession *)makeSession {
  NSURLSessionConfiguration *configuration = [NSURLSessionConfiguration
      backgroundSessionConfigurationWithIdentifier:S3BURLSessionIdentifier];
  configuration.sessionSendsLaunchEvents = YES;
  configuration.discretionary = NO;
  // The URL is all that the storage needs to know who this is.
  configuration.HTTPCookieStorage = nil;
  configuration.HTTPShouldSetCookies = NO;
  configuration.URLCredentialStorage = nil;
  configuration.URLCache = nil;
  return [NSURLSession sessionWithConfiguration:configuration
                                       delegate:self
                                  delegateQueue:_delegateQueue];
}

/** Those that have ended say so themselves. */
- (NSArray<S3BSessionTask *> *)takeUp:(NSArray<NSURLSessionTask *> *)tasks {
  NSMutableArray<S3BSessionTask *> *known = [NSMutableArray array];
  for (NSURLSessionTask *task in tasks) {
    BOOL going =
        task.state == NSURLSessionTaskStateRunning || task.state == NSURLSessionTaskStateSuspended;
    if (!going) continue;
    // One without a description was cut short between being made and being named: nobody asks for
    // it.
    S3BSessionTask *taken = [[S3BSessionTask alloc] initWithId:task.taskDescription ?: @""
                                                        handle:task.taskIdentifier];
    taken.sentBytes = (uint64_t)MAX((int64_t)0, task.countOfBytesSent);
    [_tasks setObject:task forKey:@(task.taskIdentifier)];
    [known addObject:taken];
    // One that was made and not started waits for this forever.
    if (task.state == NSURLSessionTaskStateSuspended) [task resume];
  }
  return known;
}

#pragma mark - S3BSession

- (BOOL)put:(NSString *)taskId
            url:(NSString *)url
           path:(NSString *)path
    constraints:(S3BConstraints *)constraints
         handle:(NSUInteger *)handle
          error:(NSError **)error {
  NSURLRequest *request = S3BURLRequestMake(url, constraints);
  if (request == nil) {
    return S3BFail(error,
                   S3BErrorMake(S3BCodeNetwork, @"The system does not take this URL as it is"));
  }
  NSURLSessionTask *task = nil;
  @try {
    task = [_session uploadTaskWithRequest:request fromFile:[NSURL fileURLWithPath:path]];
  } @catch (NSException *exception) {
    // A file that is not there any more is an exception, not an error.
    NSString *message =
        [NSString stringWithFormat:@"The system refused the part (%@)", exception.name];
    return S3BFail(error, S3BErrorMake(S3BCodeNetwork, message));
  }
  if (task == nil) {
    return S3BFail(error, S3BErrorMake(S3BCodeNetwork, @"The system refused the part"));
  }
  task.taskDescription = taskId;
  [_tasks setObject:task forKey:@(task.taskIdentifier)];
  *handle = task.taskIdentifier;
  [task resume];
  return YES;
}

- (void)cancel:(NSUInteger)handle {
  [[_tasks objectForKey:@(handle)] cancel];
}

#pragma mark - NSURLSessionDataDelegate

- (void)URLSession:(NSURLSession *)session
                        task:(NSURLSessionTask *)task
             didSendBodyData:(int64_t)bytesSent
              totalBytesSent:(int64_t)totalBytesSent
    totalBytesExpectedToSend:(int64_t)totalBytesExpectedToSend {
  NSString *taskId = task.taskDescription;
  if (taskId == nil) return;
  [_queue sent:(uint64_t)totalBytesSent task:taskId handle:task.taskIdentifier];
}

- (void)URLSession:(NSURLSession *)session
          dataTask:(NSURLSessionDataTask *)dataTask
    didReceiveData:(NSData *)data {
  NSNumber *handle = @(dataTask.taskIdentifier);
  NSMutableData *body = [_bodies objectForKey:handle] ?: [NSMutableData data];
  NSUInteger room = S3BAnswerBodyLimit - body.length;
  [body appendData:[data subdataWithRange:NSMakeRange(0, MIN(room, data.length))]];
  [_bodies setObject:body forKey:handle];
}

- (void)URLSession:(NSURLSession *)session
                    task:(NSURLSessionTask *)task
    didCompleteWithError:(NSError *)error {
  NSNumber *handle = @(task.taskIdentifier);
  NSData *body = [_bodies objectForKey:handle];
  [_bodies removeObjectForKey:handle];
  [_tasks removeObjectForKey:handle];
  NSString *taskId = task.taskDescription;
  if (taskId == nil) return;
  [_queue ended:[self endOf:taskId task:task error:error body:body] handle:task.taskIdentifier];
}

- (S3BEntry *)endOf:(NSString *)taskId
               task:(NSURLSessionTask *)task
              error:(NSError *)error
               body:(NSData *)body {
  if (error != nil) return S3BBroken(taskId, error);
  NSHTTPURLResponse *response = (NSHTTPURLResponse *)task.response;
  if (![response isKindOfClass:[NSHTTPURLResponse class]]) {
    NSError *none = S3BErrorMake(S3BCodeNetwork, @"The exchange ended without an answer");
    return S3BBroken(taskId, none);
  }
  NSString *method = task.currentRequest.HTTPMethod;
  if (method != nil && ![method isEqualToString:@"PUT"]) return S3BRedirected(taskId);
  return S3BAnswered(taskId, response.statusCode, response.allHeaderFields, body);
}

- (void)URLSessionDidFinishEventsForBackgroundURLSession:(NSURLSession *)session {
  _delivered();
}

- (void)URLSession:(NSURLSession *)session didBecomeInvalidWithError:(NSError *)error {
  NSLog(@"S3BgUploader: the system ended the session (%@ %ld)", error.domain, (long)error.code);
  [_tasks removeAllObjects];
  [_bodies removeAllObjects];
  _session = [self makeSession];
  [_queue startOver];
}

@end
