#import "S3BAnswer.h"

/** What a beginning of UTF-8 says; what is no UTF-8 is read byte by byte. */
static NSString *textOf(NSData *body) {
  NSUInteger length = MIN(body.length, (NSUInteger)S3BAnswerBodyLimit);
  for (NSUInteger cut = 0; cut <= 3 && cut < length; cut++) {
    NSData *beginning = [body subdataWithRange:NSMakeRange(0, length - cut)];
    NSString *text = [[NSString alloc] initWithData:beginning encoding:NSUTF8StringEncoding];
    if (text != nil) return text;
  }
  NSData *beginning = [body subdataWithRange:NSMakeRange(0, length)];
  return [[NSString alloc] initWithData:beginning encoding:NSISOLatin1StringEncoding];
}

S3BEntry *S3BAnswered(NSString *taskId, NSInteger status, NSDictionary *headers, NSData *body) {
  NSMutableArray<S3BHeader *> *listed = [NSMutableArray array];
  for (id name in [headers.allKeys sortedArrayUsingSelector:@selector(compare:)]) {
    NSString *value = [[headers objectForKey:name] description];
    // A redirect names the presigned URL once more.
    if ([[name description] caseInsensitiveCompare:@"location"] == NSOrderedSame) {
      value = [value componentsSeparatedByString:@"?"].firstObject;
    }
    [listed addObject:@{@"name" : [name description], @"value" : value}];
  }
  // Of a redirect none either: such pages quote the presigned URL.
  BOOL hasNoBody = status >= 200 && status < 400;
  NSString *text = hasNoBody || body.length == 0 ? @"" : textOf(body);
  return [S3BEntry answered:taskId status:status headers:listed body:text];
}

S3BEntry *S3BRedirected(NSString *taskId) {
  return [S3BEntry broken:taskId
                     code:S3BCodeNetwork
                  message:@"The storage redirected the PUT, and the system followed it with "
                          @"another method"];
}

S3BEntry *S3BBroken(NSString *taskId, NSError *error) {
  NSString *said = error.localizedDescription;
  NSString *what = [NSString stringWithFormat:@"%@ %ld", error.domain, (long)error.code];
  BOOL mayHoldUrl = said.length == 0 || [said rangeOfString:@"://"].location != NSNotFound;
  NSString *message = mayHoldUrl ? what : [NSString stringWithFormat:@"%@ (%@)", said, what];
  return [S3BEntry broken:taskId code:S3BCodeNetwork message:message];
}
