#pragma once
#import <Foundation/Foundation.h>

@interface RCTManagedPointer : NSObject
@end
