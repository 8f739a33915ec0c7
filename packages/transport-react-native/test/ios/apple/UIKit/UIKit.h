#pragma once
#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

FOUNDATION_EXPORT NSNotificationName const UIApplicationDidFinishLaunchingNotification;
FOUNDATION_EXPORT NSNotificationName const UIApplicationProtectedDataDidBecomeAvailable;
FOUNDATION_EXPORT NSNotificationName const UIDeviceBatteryStateDidChangeNotification;

typedef NS_ENUM(NSInteger, UIDeviceBatteryState) {
  UIDeviceBatteryStateUnknown,
  UIDeviceBatteryStateUnplugged,
  UIDeviceBatteryStateCharging,
  UIDeviceBatteryStateFull,
};

@interface UIDevice : NSObject
@property(class, nonatomic, readonly) UIDevice *currentDevice;
@property(nonatomic, getter=isBatteryMonitoringEnabled) BOOL batteryMonitoringEnabled;
@property(nonatomic, readonly) UIDeviceBatteryState batteryState;
@end

NS_ASSUME_NONNULL_END
