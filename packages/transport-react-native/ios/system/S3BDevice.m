#import "S3BDevice.h"

#import <Network/Network.h>
#import <UIKit/UIKit.h>

@implementation S3BDevice {
  dispatch_queue_t _queue;
  void (^_changed)(S3BConditions *);
  nw_path_monitor_t _monitor;
  // On the queue only.
  BOOL _cellular;
  BOOL _expensive;
  BOOL _charging;
}

- (instancetype)initWithQueue:(dispatch_queue_t)queue changed:(void (^)(S3BConditions *))changed {
  if ((self = [super init])) {
    _queue = queue;
    _changed = [changed copy];
    // Until the battery was asked: to stop parts for a guess would cost what they have sent.
    _charging = YES;
  }
  return self;
}

- (void)start {
  // UIDevice wants the main thread.
  dispatch_async(dispatch_get_main_queue(), ^{
    UIDevice.currentDevice.batteryMonitoringEnabled = YES;
    [[NSNotificationCenter defaultCenter] addObserver:self
                                             selector:@selector(readBattery)
                                                 name:UIDeviceBatteryStateDidChangeNotification
                                               object:nil];
    [self readBattery];
  });
  _monitor = nw_path_monitor_create();
  nw_path_monitor_set_queue(_monitor, _queue);
  __weak S3BDevice *weakSelf = self;
  nw_path_monitor_set_update_handler(_monitor, ^(nw_path_t path) {
    [weakSelf readPath:path];
  });
  nw_path_monitor_start(_monitor);
}

- (void)readBattery {
  UIDeviceBatteryState state = UIDevice.currentDevice.batteryState;
  // A device that cannot tell, such as a simulator, has no battery to spare.
  BOOL charging = state != UIDeviceBatteryStateUnplugged;
  dispatch_async(_queue, ^{
    self->_charging = charging;
    [self tell];
  });
}

- (void)readPath:(nw_path_t)path {
  _expensive = nw_path_is_expensive(path);
  _cellular = nw_path_uses_interface_type(path, nw_interface_type_cellular);
  [self tell];
}

- (void)tell {
  _changed([[S3BConditions alloc] initWithCellular:_cellular
                                         expensive:_expensive
                                          charging:_charging]);
}

@end
