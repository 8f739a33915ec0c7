#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

/** A file as it was when it was opened. */
@interface S3BFileRef : NSObject {
 @private
  NSString *_path;
  uint64_t _size;
  int64_t _lastModified;
}
@property(nonatomic, copy, readonly) NSString *path;
/** Bytes. */
@property(nonatomic, readonly) uint64_t size;
/** Milliseconds since the epoch; below 0 where nobody knows. */
@property(nonatomic, readonly) int64_t lastModified;

- (instancetype)initWithPath:(NSString *)path
                        size:(uint64_t)size
                lastModified:(int64_t)lastModified;
@end

/** One part: bytes `[start, end)` of a file, to be PUT to the URL exactly as it is. */
@interface S3BTask : NSObject {
 @private
  NSString *_taskId;
  NSString *_url;
  S3BFileRef *_file;
  uint64_t _start;
  uint64_t _end;
}
@property(nonatomic, copy, readonly) NSString *taskId;
/** A secret: never in a log, a message or an event. */
@property(nonatomic, copy, readonly) NSString *url;
@property(nonatomic, strong, readonly) S3BFileRef *file;
@property(nonatomic, readonly) uint64_t start;
@property(nonatomic, readonly) uint64_t end;

- (instancetype)initWithId:(NSString *)taskId
                       url:(NSString *)url
                      file:(S3BFileRef *)file
                     start:(uint64_t)start
                       end:(uint64_t)end;
@end

NS_ASSUME_NONNULL_END
