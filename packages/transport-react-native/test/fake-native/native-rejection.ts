/** What a promise of a native module rejects with: an Error with a code, as React Native makes it. */
export class NativeRejection extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
