// Files of the app: what they are now, and whether they are still what they were.
#import <Foundation/Foundation.h>

#import "S3BTask.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * The file at `path` as it is now. `file_not_found`, `file_not_regular` or `file_unreadable` when
 * it cannot be uploaded.
 */
FOUNDATION_EXPORT S3BFileRef *_Nullable S3BFileAt(NSString *path, NSError **error);

/**
 * Opens the file for reading. Besides the codes of `S3BFileAt`, `source_changed` when another one
 * is there now. The caller closes the descriptor; -1 when it failed.
 */
FOUNDATION_EXPORT int S3BFileOpen(S3BFileRef *file, NSError **error);

/** Whether what was read from the descriptor belongs to that file: NO, with `source_changed`. */
FOUNDATION_EXPORT BOOL S3BFileIsSame(S3BFileRef *file, int descriptor, NSError **error);

/** Bytes `[start, end)`; `source_changed` when there are fewer. */
FOUNDATION_EXPORT NSData *_Nullable S3BFileRead(S3BFileRef *file, uint64_t start, uint64_t end,
                                                NSError **error);

NS_ASSUME_NONNULL_END
