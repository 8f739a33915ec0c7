// Files that are on disk once the call returns.
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** Pushes what was written through every cache. 0, or an errno. */
FOUNDATION_EXPORT int S3BSync(int descriptor);
/** Writes everything. 0, or an errno; then a part of it may be in the file. */
FOUNDATION_EXPORT int S3BWriteAll(int descriptor, const void *bytes, size_t length);
/** Makes sure that the folder of this file knows its name. 0, or an errno. */
FOUNDATION_EXPORT int S3BSyncFolderOf(NSString *path);
/**
 * Puts a file with these bytes in the place of the one at `path`, whole or not at all, and opens it
 * for reading and writing. 0, or an errno; `S3BSyncFolderOf` makes it last.
 */
FOUNDATION_EXPORT int S3BReplaceFile(NSString *path, NSData *data, int *descriptor);

NS_ASSUME_NONNULL_END
