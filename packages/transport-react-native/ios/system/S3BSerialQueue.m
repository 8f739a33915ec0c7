#import "S3BSerialQueue.h"

dispatch_queue_t S3BSerialQueue(const char *name) {
  // Utility: uploads are the user's, but no screen waits for them.
  dispatch_queue_attr_t serial = dispatch_queue_attr_make_with_autorelease_frequency(
      DISPATCH_QUEUE_SERIAL, DISPATCH_AUTORELEASE_FREQUENCY_WORK_ITEM);
  return dispatch_queue_create(
      name, dispatch_queue_attr_make_with_qos_class(serial, QOS_CLASS_UTILITY, 0));
}
