// The values of native-module.ts as they cross to JavaScript and back.
#import <Foundation/Foundation.h>

#import "S3BEntry.h"

NS_ASSUME_NONNULL_BEGIN

/** What the queue says of a task that has ended, or waits. */
FOUNDATION_EXPORT NSDictionary *S3BStatusOfEntry(S3BEntry *entry);
FOUNDATION_EXPORT NSDictionary *S3BStatusOfRunning(NSString *taskId, uint64_t sentBytes);

/** A file with its name, as `open` answers. */
FOUNDATION_EXPORT NSDictionary *S3BDictionaryOfFile(S3BFileRef *file);

/** The tasks that JavaScript enqueues. nil, with the code `internal`, when they are not tasks. */
FOUNDATION_EXPORT NSArray<S3BTask *> *_Nullable S3BTasksFrom(NSArray *dictionaries,
                                                             NSError **error);

NS_ASSUME_NONNULL_END
