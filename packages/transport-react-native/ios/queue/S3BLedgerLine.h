// One line of the ledger as text (LEDGER.md, "Lines"): a checksum and percent-encoded fields.
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** The bytes of a line with these fields, its newline included. */
FOUNDATION_EXPORT NSData *S3BLedgerLine(NSArray<NSString *> *fields);

/** The fields of a line that is given without its newline; nil when the line must be dropped. */
FOUNDATION_EXPORT NSArray<NSString *> *_Nullable S3BLedgerFields(NSData *line);

/** A field as it is written. */
FOUNDATION_EXPORT NSString *S3BLedgerEncoded(NSString *field);

NS_ASSUME_NONNULL_END
