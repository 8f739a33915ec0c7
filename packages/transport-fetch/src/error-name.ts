/** What the browser calls a failure, whatever it says about it. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
