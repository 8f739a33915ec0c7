#import <Foundation/Foundation.h>

#import "S3BSession.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * What the session brought over from the last process, held against what the ledger says. Pure.
 */
@interface S3BReconciliation : NSObject {
 @private
  NSArray<S3BSessionTask *> *_kept;
  NSArray<S3BSessionTask *> *_unwanted;
}
/** One for each task that waits and that the session has. */
@property(nonatomic, copy, readonly) NSArray<S3BSessionTask *> *kept;
/** What no task that waits asks for: cancelled, answered, unknown, or there twice. */
@property(nonatomic, copy, readonly) NSArray<S3BSessionTask *> *unwanted;

/** `waiting`: the ids of the tasks that the ledger says wait. */
+ (instancetype)of:(NSArray<S3BSessionTask *> *)sessionTasks waiting:(NSSet<NSString *> *)waiting;
@end

NS_ASSUME_NONNULL_END
