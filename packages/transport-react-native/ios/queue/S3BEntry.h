#import <Foundation/Foundation.h>

#import "S3BError.h"
#import "S3BTask.h"

NS_ASSUME_NONNULL_BEGIN

typedef NS_ENUM(NSInteger, S3BState) {
  S3BStateWaiting,
  S3BStateAnswered,
  S3BStateBroken,
};

/** One header of an answer: `name` and `value`, as JavaScript gets it. */
typedef NSDictionary<NSString *, NSString *> S3BHeader;

/** What the ledger knows of one task: it waits, was answered, or broke. */
@interface S3BEntry : NSObject {
 @private
  NSString *_taskId;
  S3BState _state;
  S3BTask *_task;
  NSInteger _status;
  NSArray<S3BHeader *> *_headers;
  NSString *_body;
  S3BCode _code;
  NSString *_message;
}
@property(nonatomic, copy, readonly) NSString *taskId;
@property(nonatomic, readonly) S3BState state;
/** While it waits, and only then: once it has ended, its URL is no longer needed. */
@property(nonatomic, strong, readonly, nullable) S3BTask *task;
/** Once answered: any HTTP status. */
@property(nonatomic, readonly) NSInteger status;
@property(nonatomic, copy, readonly, nullable) NSArray<S3BHeader *> *headers;
/** The beginning of the body of an answer that is not 2xx; empty where there is none. */
@property(nonatomic, copy, readonly, nullable) NSString *body;
/** Once broken. */
@property(nonatomic, copy, readonly, nullable) S3BCode code;
@property(nonatomic, copy, readonly, nullable) NSString *message;

+ (instancetype)waiting:(S3BTask *)task;
+ (instancetype)answered:(NSString *)taskId
                  status:(NSInteger)status
                 headers:(NSArray<S3BHeader *> *)headers
                    body:(NSString *)body;
+ (instancetype)broken:(NSString *)taskId code:(S3BCode)code message:(NSString *)message;
@end

NS_ASSUME_NONNULL_END
