#import "S3BReconciliation.h"

@implementation S3BReconciliation
@synthesize kept = _kept;
@synthesize unwanted = _unwanted;

+ (instancetype)of:(NSArray<S3BSessionTask *> *)sessionTasks waiting:(NSSet<NSString *> *)waiting {
  NSMutableDictionary<NSString *, S3BSessionTask *> *kept = [NSMutableDictionary dictionary];
  NSMutableArray<S3BSessionTask *> *unwanted = [NSMutableArray array];
  for (S3BSessionTask *task in sessionTasks) {
    S3BSessionTask *other = [kept objectForKey:task.taskId];
    if (![waiting containsObject:task.taskId]) {
      [unwanted addObject:task];
    } else if (other == nil || other.handle < task.handle) {
      // Of two, the younger one: it was started because the older one was given up.
      if (other != nil) [unwanted addObject:other];
      [kept setObject:task forKey:task.taskId];
    } else {
      [unwanted addObject:task];
    }
  }
  S3BReconciliation *result = [[self alloc] init];
  result->_kept = [kept.allValues copy];
  result->_unwanted = [unwanted copy];
  return result;
}

@end
