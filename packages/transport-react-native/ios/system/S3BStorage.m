#import "S3BStorage.h"

#import "S3BError.h"

static BOOL prepareFolder(NSURL *folder, NSError **error) {
  NSDictionary *protection =
      @{NSFileProtectionKey : NSFileProtectionCompleteUntilFirstUserAuthentication};
  NSFileManager *files = [NSFileManager defaultManager];
  // New files take over the protection of their folder; a folder that was there keeps its own.
  return [files createDirectoryAtURL:folder
             withIntermediateDirectories:YES
                              attributes:protection
                                   error:error] &&
         [files setAttributes:protection ofItemAtPath:folder.path error:error] &&
         [folder setResourceValue:@(YES) forKey:NSURLIsExcludedFromBackupKey error:error];
}

BOOL S3BStorageOpen(NSString **ledgerPath, NSString **slicesFolder, NSError **error) {
  NSError *failed = nil;
  // Not in Caches and not in tmp: there the system deletes what a session is still to send.
  NSURL *support = [[NSFileManager defaultManager] URLForDirectory:NSApplicationSupportDirectory
                                                          inDomain:NSUserDomainMask
                                                 appropriateForURL:nil
                                                            create:YES
                                                             error:&failed];
  NSURL *folder = [support URLByAppendingPathComponent:@"S3BgUploader" isDirectory:YES];
  NSURL *slices = [folder URLByAppendingPathComponent:@"slices" isDirectory:YES];
  if (folder == nil || !prepareFolder(folder, &failed) || !prepareFolder(slices, &failed)) {
    NSString *message =
        [NSString stringWithFormat:@"The folder for the queue cannot be made (%@ %ld)",
                                   failed.domain, (long)failed.code];
    return S3BFail(error, S3BErrorMake(S3BCodeStoreFailed, message));
  }
  *ledgerPath = [folder URLByAppendingPathComponent:@"ledger" isDirectory:NO].path;
  *slicesFolder = slices.path;
  return YES;
}

uint64_t S3BStorageFreeBytes(void) {
  NSURL *home = [NSURL fileURLWithPath:NSHomeDirectory() isDirectory:YES];
  NSNumber *bytes = nil;
  NSError *failed = nil;
  if (![home getResourceValue:&bytes
                       forKey:NSURLVolumeAvailableCapacityForImportantUsageKey
                        error:&failed]) {
    NSLog(@"S3BgUploader: free space is not known (%@ %ld)", failed.domain, (long)failed.code);
  }
  return bytes.unsignedLongLongValue;
}
