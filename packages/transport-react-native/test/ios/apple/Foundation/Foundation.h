// GNUstep's Foundation, with Apple's NSURLSession in the place of its own, and what else it lacks.
#pragma once
#define __NSURLSession_h_GNUSTEP_BASE_INCLUDE
#include_next <Foundation/Foundation.h>
#import <dispatch/dispatch.h>

#define API_AVAILABLE(...)
#define NS_SWIFT_NAME(name)

NS_ASSUME_NONNULL_BEGIN

typedef NSString *NSNotificationName;

FOUNDATION_EXPORT NSString *const NSFileProtectionKey;
FOUNDATION_EXPORT NSString *const NSFileProtectionCompleteUntilFirstUserAuthentication;
FOUNDATION_EXPORT NSString *const NSURLVolumeAvailableCapacityForImportantUsageKey;

@interface NSFileManager (Apple)
- (BOOL)setAttributes:(NSDictionary<NSString *, id> *)attributes
         ofItemAtPath:(NSString *)path
                error:(NSError *_Nullable *_Nullable)error;
@end

@interface NSOperationQueue (Apple)
@property(nullable, assign) dispatch_queue_t underlyingQueue;
@end

@interface NSURL (Apple)
+ (nullable instancetype)URLWithString:(NSString *)text encodingInvalidCharacters:(BOOL)encoding;
- (BOOL)setResourceValue:(nullable id)value
                  forKey:(NSString *)key
                   error:(NSError *_Nullable *_Nullable)error;
@end

@interface NSMutableURLRequest (Apple)
@property BOOL allowsCellularAccess;
@property BOOL allowsExpensiveNetworkAccess;
@end

@class NSURLSession;

typedef NS_ENUM(NSInteger, NSURLSessionTaskState) {
  NSURLSessionTaskStateRunning,
  NSURLSessionTaskStateSuspended,
  NSURLSessionTaskStateCanceling,
  NSURLSessionTaskStateCompleted,
};

@interface NSURLSessionTask : NSObject
@property(readonly) NSUInteger taskIdentifier;
@property(nullable, readonly, copy) NSURLRequest *originalRequest;
@property(nullable, readonly, copy) NSURLRequest *currentRequest;
@property(nullable, readonly, copy) NSURLResponse *response;
@property(readonly) int64_t countOfBytesSent;
@property(nullable, copy) NSString *taskDescription;
@property(readonly) NSURLSessionTaskState state;
- (void)cancel;
- (void)resume;
@end

@interface NSURLSessionDataTask : NSURLSessionTask
@end

@interface NSURLSessionUploadTask : NSURLSessionDataTask
@end

@interface NSURLSessionConfiguration : NSObject
+ (NSURLSessionConfiguration *)backgroundSessionConfigurationWithIdentifier:(NSString *)identifier;
@property BOOL sessionSendsLaunchEvents;
@property(getter=isDiscretionary) BOOL discretionary;
@property BOOL HTTPShouldSetCookies;
@property(nullable, retain) NSHTTPCookieStorage *HTTPCookieStorage;
@property(nullable, retain) NSURLCredentialStorage *URLCredentialStorage;
@property(nullable, retain) NSURLCache *URLCache;
@end

@protocol NSURLSessionDelegate <NSObject>
@optional
- (void)URLSession:(NSURLSession *)session didBecomeInvalidWithError:(nullable NSError *)error;
- (void)URLSessionDidFinishEventsForBackgroundURLSession:(NSURLSession *)session;
@end

@protocol NSURLSessionTaskDelegate <NSURLSessionDelegate>
@optional
- (void)URLSession:(NSURLSession *)session
                        task:(NSURLSessionTask *)task
             didSendBodyData:(int64_t)bytesSent
              totalBytesSent:(int64_t)totalBytesSent
    totalBytesExpectedToSend:(int64_t)totalBytesExpectedToSend;
- (void)URLSession:(NSURLSession *)session
                    task:(NSURLSessionTask *)task
    didCompleteWithError:(nullable NSError *)error;
@end

@protocol NSURLSessionDataDelegate <NSURLSessionTaskDelegate>
@optional
- (void)URLSession:(NSURLSession *)session
          dataTask:(NSURLSessionDataTask *)dataTask
    didReceiveData:(NSData *)data;
@end

@interface NSURLSession : NSObject
+ (NSURLSession *)sessionWithConfiguration:(NSURLSessionConfiguration *)configuration
                                  delegate:(nullable id<NSURLSessionDelegate>)delegate
                             delegateQueue:(nullable NSOperationQueue *)queue;
- (NSURLSessionUploadTask *)uploadTaskWithRequest:(NSURLRequest *)request fromFile:(NSURL *)fileURL;
- (void)getAllTasksWithCompletionHandler:
    (void (^)(NSArray<__kindof NSURLSessionTask *> *tasks))completionHandler;
@end

NS_ASSUME_NONNULL_END
