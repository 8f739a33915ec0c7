/** The command was called wrongly: exit code 2. Messages never repeat a value, which may be secret. */
export class UsageError extends Error {
  override readonly name: 'UsageError' = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}
