#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/**
 * The path of the ledger, and a folder for slices, which both exist when this returns YES. Only the
 * app reads them; they are not backed up, and what is in them is readable once the device was
 * unlocked since it started, since the session goes on while the screen is locked. `store_failed`
 * otherwise.
 */
FOUNDATION_EXPORT BOOL S3BStorageOpen(NSString *_Nonnull *_Nonnull ledgerPath,
                                      NSString *_Nonnull *_Nonnull slicesFolder, NSError **error);

/**
 * Bytes that the system would let this app take for what its user asked for. 0 when it does not
 * say.
 */
FOUNDATION_EXPORT uint64_t S3BStorageFreeBytes(void);

NS_ASSUME_NONNULL_END
