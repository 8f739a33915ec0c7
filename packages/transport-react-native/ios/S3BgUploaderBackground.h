#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** For the app delegate: ios/README.md shows the call, and the Expo plugin writes it. */
@interface S3BgUploaderBackground : NSObject

/**
 * Takes the completion handler of
 * `application:handleEventsForBackgroundURLSession:completionHandler:` when the session is the
 * uploader's. It is called on the main thread once all results are on disk and JavaScript has
 * filled the queue again, or after 20 seconds.
 *
 * @return NO when the session is somebody else's: then the handler is left alone.
 */
+ (BOOL)handleEventsForSession:(NSString *)identifier
             completionHandler:(void (^)(void))completionHandler
    NS_SWIFT_NAME(handleEvents(forSession:completionHandler:));

@end

NS_ASSUME_NONNULL_END
