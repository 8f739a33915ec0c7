/** The command was called rightly and cannot be done: exit code 1. */
export class CommandError extends Error {
  override readonly name: 'CommandError' = 'CommandError'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
