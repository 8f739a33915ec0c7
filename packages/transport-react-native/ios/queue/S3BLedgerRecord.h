#import <Foundation/Foundation.h>

#import "S3BConstraints.h"
#import "S3BEntry.h"

NS_ASSUME_NONNULL_BEGIN

/** What one line of the ledger says; one of its three properties is set. */
@interface S3BLedgerRecord : NSObject {
 @private
  S3BEntry *_entry;
  NSString *_forgotten;
  S3BConstraints *_constraints;
}
@property(nonatomic, strong, readonly, nullable) S3BEntry *entry;
/** The id of a task that is acknowledged or cancelled. */
@property(nonatomic, copy, readonly, nullable) NSString *forgotten;
@property(nonatomic, strong, readonly, nullable) S3BConstraints *constraints;

/** nil when the kind is unknown or the fields do not fit it. */
+ (nullable instancetype)recordWithFields:(NSArray<NSString *> *)fields;

+ (NSArray<NSString *> *)fieldsOfEntry:(S3BEntry *)entry;
+ (NSArray<NSString *> *)fieldsOfForgotten:(NSString *)taskId;
+ (NSArray<NSString *> *)fieldsOfConstraints:(S3BConstraints *)constraints;
@end

NS_ASSUME_NONNULL_END
