#import <UIKit/UIKit.h>

#import "S3BUploads.h"

/**
 * Opens the queue early at every launch, so that the system can deliver what ended while the app
 * was dead, also when it launches the app in the background and JavaScript never starts.
 */
@interface S3BLaunch : NSObject
@end

@implementation S3BLaunch

+ (void)load {
  NSNotificationCenter *center = NSNotificationCenter.defaultCenter;
  NSArray<NSNotificationName> *moments = @[
    UIApplicationDidFinishLaunchingNotification,
    // A launch before the first unlock of the device could not read the ledger.
    UIApplicationProtectedDataDidBecomeAvailable,
  ];
  for (NSNotificationName moment in moments) {
    [center addObserver:self selector:@selector(openQueue) name:moment object:nil];
  }
}

+ (void)openQueue {
  [S3BUploads.shared open];
}

@end
