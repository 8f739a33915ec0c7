#pragma once
#import <Foundation/Foundation.h>

NSString *RCTBridgingToString(id value);
double RCTBridgingToDouble(id value);
bool RCTBridgingToBool(id value);
