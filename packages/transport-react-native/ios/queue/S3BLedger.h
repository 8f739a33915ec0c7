#import <Foundation/Foundation.h>

#import "S3BConstraints.h"
#import "S3BEntry.h"
#import "S3BLedgerFold.h"

NS_ASSUME_NONNULL_BEGIN

/**
 * What the queue must not forget when the process dies (LEDGER.md): a file that is only appended
 * to, and rewritten once most of it is dead. Every `record` method has synced what it wrote when it
 * returns YES; when it returns NO, with `store_failed`, nothing has happened. One thread at a time.
 */
@interface S3BLedger : NSObject {
 @private
  NSString *_path;
  S3BLedgerFold *_fold;
  int _descriptor;
  off_t _length;
  NSUInteger _dropped;
  BOOL _folderChanged;
}

/** Opens or creates the file, in a folder that exists. `store_failed` when it cannot be read. */
+ (nullable instancetype)ledgerAtPath:(NSString *)path error:(NSError **)error;

- (NSArray<S3BEntry *> *)entries;
- (nullable S3BEntry *)entryForId:(NSString *)taskId;
/** How many tasks wait. */
- (NSUInteger)waiting;
- (S3BConstraints *)constraints;
/** Lines of the file as it was found that meant nothing: torn, damaged, or of a later version. */
- (NSUInteger)dropped;

- (BOOL)recordEntries:(NSArray<S3BEntry *> *)entries error:(NSError **)error;
- (BOOL)recordForgotten:(NSArray<NSString *> *)taskIds error:(NSError **)error;
- (BOOL)recordConstraints:(S3BConstraints *)constraints error:(NSError **)error;

/** Frees the file; nothing can be recorded afterwards. */
- (void)close;
@end

NS_ASSUME_NONNULL_END
