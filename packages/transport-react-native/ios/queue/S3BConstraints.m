#import "S3BConstraints.h"

@implementation S3BConstraints
@synthesize unmetered = _unmetered;
@synthesize notRoaming = _notRoaming;
@synthesize charging = _charging;

+ (instancetype)none {
  return [[self alloc] initWithUnmetered:NO notRoaming:NO charging:NO];
}

- (instancetype)initWithUnmetered:(BOOL)unmetered
                       notRoaming:(BOOL)notRoaming
                         charging:(BOOL)charging {
  if ((self = [super init])) {
    _unmetered = unmetered;
    _notRoaming = notRoaming;
    _charging = charging;
  }
  return self;
}

- (BOOL)any {
  return _unmetered || _notRoaming || _charging;
}

- (BOOL)allowsCellular {
  return !_unmetered && !_notRoaming;
}

- (BOOL)allowsSameNetworksAs:(S3BConstraints *)other {
  return self.allowsCellular == other.allowsCellular && _unmetered == other.unmetered;
}

@end

@implementation S3BConditions
@synthesize cellular = _cellular;
@synthesize expensive = _expensive;
@synthesize charging = _charging;

- (instancetype)initWithCellular:(BOOL)cellular expensive:(BOOL)expensive charging:(BOOL)charging {
  if ((self = [super init])) {
    _cellular = cellular;
    _expensive = expensive;
    _charging = charging;
  }
  return self;
}

- (BOOL)breakConstraints:(S3BConstraints *)constraints {
  return (constraints.charging && !_charging) || (constraints.unmetered && _expensive) ||
         (!constraints.allowsCellular && _cellular);
}

@end
