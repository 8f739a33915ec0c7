#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** What the device must offer before anything is sent. */
@interface S3BConstraints : NSObject {
 @private
  BOOL _unmetered;
  BOOL _notRoaming;
  BOOL _charging;
}
@property(nonatomic, readonly) BOOL unmetered;
@property(nonatomic, readonly) BOOL notRoaming;
@property(nonatomic, readonly) BOOL charging;

+ (instancetype)none;
- (instancetype)initWithUnmetered:(BOOL)unmetered
                       notRoaming:(BOOL)notRoaming
                         charging:(BOOL)charging;

/** Whether anything is asked for. */
- (BOOL)any;
/**
 * Whether parts may go over cellular networks. An app on iOS cannot tell whether it is roaming, so
 * `notRoaming` allows none of them.
 */
- (BOOL)allowsCellular;
/** Whether both let a request use the same networks. */
- (BOOL)allowsSameNetworksAs:(S3BConstraints *)other;
@end

/** What the device offers now. */
@interface S3BConditions : NSObject {
 @private
  BOOL _cellular;
  BOOL _expensive;
  BOOL _charging;
}
/** The network in use is a cellular one. */
@property(nonatomic, readonly) BOOL cellular;
/** The network in use is paid by volume, as cellular networks and personal hotspots are. */
@property(nonatomic, readonly) BOOL expensive;
@property(nonatomic, readonly) BOOL charging;

- (instancetype)initWithCellular:(BOOL)cellular expensive:(BOOL)expensive charging:(BOOL)charging;
/** Whether they break a constraint, so that nothing is sent. */
- (BOOL)breakConstraints:(S3BConstraints *)constraints;
@end

NS_ASSUME_NONNULL_END
