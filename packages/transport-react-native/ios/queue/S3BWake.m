#import "S3BWake.h"

@implementation S3BWake

- (instancetype)initWithTarget:(id<S3BWakeTarget>)target {
  if ((self = [super init])) {
    _target = target;
    // Where no result came, there is nothing to deal with.
    _finished = YES;
  }
  return self;
}

- (NSUInteger)began {
  _awake = YES;
  // What it had delivered before it was asked says nothing about what it has now.
  _delivered = NO;
  return ++_number;
}

- (void)delivered {
  _delivered = YES;
  [self endIfDone];
}

- (void)resultCame {
  _finished = NO;
}

- (void)finished {
  _finished = YES;
  [self endIfDone];
}

- (void)expired:(NSUInteger)number {
  if (number == _number && _awake) [self end];
}

- (void)endIfDone {
  if (_awake && _delivered && _finished) [self end];
}

- (void)end {
  _awake = NO;
  [_target wakeEnded];
}

@end
