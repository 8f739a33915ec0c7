import type { Hasher } from '@s3-bg-uploader/core'
import xxhash from 'xxhash-wasm'

const { create64 } = await xxhash()

/** A hasher that waits until the test lets it go on. */
export class HeldHasher implements Hasher {
  readonly reached: Promise<void>
  open: () => void = () => {}
  #reach: () => void = () => {}
  readonly #opened: Promise<void>

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve
    })
    this.#opened = new Promise((resolve) => {
      this.open = resolve
    })
  }

  create: Hasher['create'] = async () => {
    this.#reach()
    await this.#opened
    const state = create64()
    return {
      update: (bytes) => state.update(bytes),
      digest: () => state.digest().toString(16).padStart(16, '0'),
    }
  }
}
