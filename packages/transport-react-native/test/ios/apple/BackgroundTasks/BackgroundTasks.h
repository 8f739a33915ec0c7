#pragma once
#import <Foundation/Foundation.h>

#define __IPHONE_26_0 260000

NS_ASSUME_NONNULL_BEGIN

@interface BGTask : NSObject
@property(copy, readonly) NSString *identifier;
@property(nullable, strong) void (^expirationHandler)(void);
- (void)setTaskCompletedWithSuccess:(BOOL)success;
@end

@interface BGContinuedProcessingTask : BGTask
@property(readonly) NSProgress *progress;
- (void)updateTitle:(NSString *)title subtitle:(NSString *)subtitle;
@end

@interface BGTaskRequest : NSObject
@end

@interface BGContinuedProcessingTaskRequest : BGTaskRequest
- (instancetype)initWithIdentifier:(NSString *)identifier
                             title:(NSString *)title
                          subtitle:(NSString *)subtitle;
@end

@interface BGTaskScheduler : NSObject
@property(class, readonly, strong) BGTaskScheduler *sharedScheduler;
- (BOOL)registerForTaskWithIdentifier:(NSString *)identifier
                           usingQueue:(nullable dispatch_queue_t)queue
                        launchHandler:(void (^)(__kindof BGTask *task))launchHandler;
- (BOOL)submitTaskRequest:(BGTaskRequest *)taskRequest error:(NSError *_Nullable *)error;
@end

NS_ASSUME_NONNULL_END
