#pragma once
#import <Foundation/Foundation.h>
#import <React/RCTBridgeModule.h>
#include <functional>
#include <memory>
#include <string>

#define JSI_EXPORT

namespace facebook::react {
class TurboModule {};
class ObjCTurboModule : public TurboModule {
 public:
  struct InitParams {};
  explicit ObjCTurboModule(const InitParams &params);
};
using EventEmitterCallback = std::function<void(const std::string &, id)>;
}  // namespace facebook::react

@interface EventEmitterCallbackWrapper : NSObject
@end

@protocol RCTTurboModule <NSObject>
- (std::shared_ptr<facebook::react::TurboModule>)getTurboModule:
    (const facebook::react::ObjCTurboModule::InitParams &)params;
@end
