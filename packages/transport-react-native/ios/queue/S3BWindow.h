#import <Foundation/Foundation.h>

/** Tasks that a background session bears well: some tens. With thousands it becomes slow. */
enum { S3BWindowTasks = 60 };

/**
 * Bytes of parts that may be in the queue at once: each lies there as a copy. A quarter of what is
 * free and what the slices have taken already, so that the user keeps the rest; at most 1 GiB, and
 * at least 64 MiB: when even that is not free, copying fails with `store_failed`, which says more
 * than a queue that never moves.
 */
FOUNDATION_EXPORT uint64_t S3BWindowBytes(uint64_t freeBytes, uint64_t slicedBytes);
