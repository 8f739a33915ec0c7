/** Whether a file operation failed because there is no such file, or no such directory above it. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
