#pragma once
#import <Foundation/Foundation.h>
#include <stdbool.h>

NS_ASSUME_NONNULL_BEGIN

@protocol OS_nw_path <NSObject>
@end
typedef NSObject<OS_nw_path> *nw_path_t;
@protocol OS_nw_path_monitor <NSObject>
@end
typedef NSObject<OS_nw_path_monitor> *nw_path_monitor_t;
typedef enum {
  nw_interface_type_other = 0,
  nw_interface_type_wifi = 1,
  nw_interface_type_cellular = 2,
} nw_interface_type_t;

nw_path_monitor_t nw_path_monitor_create(void);
void nw_path_monitor_set_queue(nw_path_monitor_t monitor, dispatch_queue_t queue);
void nw_path_monitor_set_update_handler(nw_path_monitor_t monitor, void (^handler)(nw_path_t path));
void nw_path_monitor_start(nw_path_monitor_t monitor);
bool nw_path_is_expensive(nw_path_t path);
bool nw_path_uses_interface_type(nw_path_t path, nw_interface_type_t type);

NS_ASSUME_NONNULL_END
