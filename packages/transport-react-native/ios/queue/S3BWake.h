#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

@protocol S3BWakeTarget <NSObject>
/** The system may suspend the app. Called once for each time that a wake began. */
- (void)wakeEnded;
@end

/**
 * When an app that the system woke for results may be suspended again: the session has delivered
 * everything, and JavaScript has dealt with it and filled the queue again. Or it has taken too
 * long. No clock in here: whoever uses it says when the time is up. One thread at a time.
 */
@interface S3BWake : NSObject {
 @private
  id<S3BWakeTarget> __unsafe_unretained _target;
  NSUInteger _number;
  BOOL _awake;
  BOOL _delivered;
  BOOL _finished;
}

/** The target must outlive this object. */
- (instancetype)initWithTarget:(id<S3BWakeTarget>)target;

/** The system woke the app. Returns what names this wake to `expired:`. */
- (NSUInteger)began;
/** The session has delivered all that it had. */
- (void)delivered;
/** A result came: JavaScript has to deal with it before it is finished. */
- (void)resultCame;
/** JavaScript has dealt with all results and filled the queue. */
- (void)finished;
/** That wake has lasted as long as it may. */
- (void)expired:(NSUInteger)number;
@end

NS_ASSUME_NONNULL_END
