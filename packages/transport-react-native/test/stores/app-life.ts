/** One process of an app: it dies, or the library fails it once, at an operation that was told. */
export class AppLife {
  #left = Number.POSITIVE_INFINITY
  #fails: { readonly at: number; readonly done: boolean } | undefined
  /** Operations so far. */
  operations = 0

  /** After this many more operations nothing happens any more. */
  dieAfter(operations: number): void {
    this.#left = operations
  }

  /**
   * The operation with this number, from 0, fails as on a full disk, and those after it do not.
   * With `done` it takes effect all the same.
   */
  failAt(operation: number, { done }: { readonly done: boolean }): void {
    this.#fails = { at: this.operations + operation, done }
  }

  /** Does what one native operation does, unless the process is dead or the operation fails. */
  operate<T>(effect: () => T): T {
    if (this.#left-- <= 0) throw new Error('The process is dead')
    const fails = this.operations++ === this.#fails?.at ? this.#fails : undefined
    const result = fails?.done === false ? undefined : effect()
    if (fails !== undefined) throw new Error('No space left on device')
    return result as T
  }
}
