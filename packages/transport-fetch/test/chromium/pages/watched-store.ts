import type { Store } from '@s3-bg-uploader/core'

/** The same store, and a way to learn that nothing is written any more. */
export function watchWrites(store: Store): { readonly store: Store; quiet(): Promise<void> } {
  let writing = 0
  return {
    store: {
      read: () => store.read(),
      async write(batch) {
        writing++
        await store.write(batch).finally(() => writing--)
      },
      close: () => store.close(),
    },
    async quiet() {
      // The next batch begins within the turn in which the one before it ends.
      do await new Promise((resolve) => setTimeout(resolve))
      while (writing > 0)
    },
  }
}
