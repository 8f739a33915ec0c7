#import <Foundation/Foundation.h>

#import "S3BTask.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * The parts as files of their own: a background session only sends whole files. A slice is there
 * from shortly before its task is given to the session until the task has ended.
 */
@interface S3BSlices : NSObject {
 @private
  NSString *_folder;
}

/** In a folder that exists and holds nothing else. */
- (instancetype)initWithFolder:(NSString *)folder;

- (NSString *)pathForId:(NSString *)taskId;

/**
 * Copies the part out of its file and syncs the copy. The codes of `S3BFileOpen`, `source_changed`
 * when the part may not be what was hashed, `store_failed` when there is no room for the copy.
 */
- (BOOL)make:(S3BTask *)task error:(NSError **)error;

- (BOOL)has:(NSString *)taskId;
/** Frees the slice if it is there. */
- (void)remove:(NSString *)taskId;
/** Frees every slice but those of these tasks: what a dead process left. */
- (void)removeAllBut:(NSArray<NSString *> *)taskIds;
/** Bytes that the slices take. */
- (uint64_t)bytes;
@end

NS_ASSUME_NONNULL_END
