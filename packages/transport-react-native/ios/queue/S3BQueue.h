#import <Foundation/Foundation.h>

#import "S3BConstraints.h"
#import "S3BEntry.h"
#import "S3BLedger.h"
#import "S3BSession.h"
#import "S3BSlices.h"

NS_ASSUME_NONNULL_BEGIN

@protocol S3BQueueListener <NSObject>
/** A status of native-module.ts. What it says of an end is in the ledger already. */
- (void)taskChanged:(NSDictionary *)status;
/** A task has ended, and its end is in the ledger. */
- (void)resultRecorded;
@end

/**
 * The queue of parts that outlives the process. It decides; the ledger, the slices and the session
 * do. All of it on one thread, and nothing in it waits for anything but the disk.
 *
 * A task that waits is in one of three places. Held back: it has no slice, because a constraint is
 * broken or there was no room. With the session: it has a slice, and a session task. Lost: it has a
 * slice, but no session task any more; it ends as broken, so that JavaScript puts it again.
 */
@interface S3BQueue : NSObject {
 @private
  S3BLedger *_ledger;
  S3BSlices *_slices;
  id<S3BSession> _session;
  id<S3BQueueListener> __unsafe_unretained _listener;
  NSMutableDictionary<NSString *, S3BSessionTask *> *_live;
  NSMutableDictionary<NSString *, S3BEntry *> *_unwritten;
  BOOL _charging;
}

/** The listener must outlive the queue. */
- (instancetype)initWithLedger:(S3BLedger *)ledger
                        slices:(S3BSlices *)slices
                       session:(id<S3BSession>)session
                      charging:(BOOL)charging
                      listener:(id<S3BQueueListener>)listener;

/**
 * After a launch, once: takes over what the session brought along, cancels what nobody asks for,
 * sweeps slices, and starts what was held back. Before this nothing may be enqueued.
 */
- (void)adopt:(NSArray<S3BSessionTask *> *)sessionTasks;
/**
 * Breaks the tasks that are lost, with `network`. To be called once the session has had its time to
 * say what ended while the app was dead; an answer that comes later still counts.
 */
- (void)breakLostTasks;

/** The session has lost all that it was given: it is given everything again. */
- (void)startOver;

- (BOOL)enqueue:(NSArray<S3BTask *> *)tasks error:(NSError **)error;
/** Statuses of native-module.ts. */
- (NSArray<NSDictionary *> *)list;
- (BOOL)cancel:(NSArray<NSString *> *)taskIds error:(NSError **)error;
- (BOOL)acknowledge:(NSArray<NSString *> *)taskIds error:(NSError **)error;

- (S3BConstraints *)constraints;
- (BOOL)setConstraints:(S3BConstraints *)constraints error:(NSError **)error;
/** The device is on power, or no longer. Networks are the session's affair. */
- (void)setCharging:(BOOL)charging;

/** How many tasks wait. */
- (NSUInteger)waiting;
/** How much of these is sent, in parts: 1.5 when one is sent and another one half. */
- (double)sentParts;

/** Bytes that the copies of parts take on the disk. */
- (uint64_t)slicedBytes;

/** From the session: bytes of that exchange that the network took. */
- (void)sent:(uint64_t)bytes task:(NSString *)taskId handle:(NSUInteger)handle;
/** From the session: how that exchange ended, as S3BAnswer.h makes it. */
- (void)ended:(S3BEntry *)entry handle:(NSUInteger)handle;
@end

NS_ASSUME_NONNULL_END
