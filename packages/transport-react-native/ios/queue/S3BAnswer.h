// What an ended exchange means, in the terms of native-module.ts.
#import <Foundation/Foundation.h>

#import "S3BEntry.h"

NS_ASSUME_NONNULL_BEGIN

/** Bytes of the body of an answer that is not 2xx that are worth keeping. */
enum { S3BAnswerBodyLimit = 4096 };

/**
 * Any answer, whatever its status: 4xx and 5xx are data. `headers` are as NSHTTPURLResponse has
 * them; their names keep the spelling that the system gives them. `body` may be cut anywhere.
 */
FOUNDATION_EXPORT S3BEntry *S3BAnswered(NSString *taskId, NSInteger status, NSDictionary *headers,
                                        NSData *_Nullable body);

/**
 * An answer that came after a redirect turned the PUT into another method: its body did not arrive
 * there, whatever the answer says. The system follows redirects of a background session unasked.
 */
FOUNDATION_EXPORT S3BEntry *S3BRedirected(NSString *taskId);

/** An exchange that broke. The message has nothing of the error that may hold the URL. */
FOUNDATION_EXPORT S3BEntry *S3BBroken(NSString *taskId, NSError *error);

NS_ASSUME_NONNULL_END
