#import <Foundation/Foundation.h>

#import "S3BConstraints.h"
#import "S3BEntry.h"

NS_ASSUME_NONNULL_BEGIN

/** What the lines of a ledger mean together (LEDGER.md, "What a file means"). No I/O. */
@interface S3BLedgerFold : NSObject {
 @private
  NSMutableArray<NSString *> *_order;
  NSMutableDictionary<NSString *, S3BEntry *> *_byId;
  S3BConstraints *_constraints;
  NSUInteger _lines;
  NSUInteger _dropped;
  NSUInteger _waiting;
}
@property(nonatomic, strong, readonly) S3BConstraints *constraints;
/** Lines that were read and had to be dropped. */
@property(nonatomic, readonly) NSUInteger dropped;
/** Tasks that wait. */
@property(nonatomic, readonly) NSUInteger waiting;

/** Reads whole lines; what comes after the last newline counts as one dropped line. */
- (void)readData:(NSData *)data;

/** All that is known, in the order in which the ids first appeared. */
- (NSArray<S3BEntry *> *)entries;
- (nullable S3BEntry *)entryForId:(NSString *)taskId;

/** Lines that compaction would not write. */
- (NSUInteger)deadLines;
/** Lines that it would write. */
- (NSUInteger)liveLines;
/** The file that means the same and has no dead line. */
- (NSData *)compacted;
@end

NS_ASSUME_NONNULL_END
