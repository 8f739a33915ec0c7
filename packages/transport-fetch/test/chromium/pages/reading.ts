import { fetchTransport } from '../../../src/index.ts'

declare global {
  /** What the page offers to the test outside. */
  var reading: Reading
}

interface Reading {
  /** Reads the file that was chosen, from its beginning to its end. Resolves with how many bytes came. */
  readChosen(): Promise<number>
}

const STEP = 2 * 1024 * 1024

globalThis.reading = {
  async readChosen() {
    const file = document.querySelector('input')?.files?.[0]
    if (file === undefined) throw new Error('No file was chosen')
    const source = await fetchTransport().open(file)
    const into = new Uint8Array(STEP)
    let total = 0
    for (let start = 0; start < source.size; start += STEP) {
      const read = await source.read({ start, end: Math.min(start + STEP, source.size) }, into)
      total += read.length
    }
    await source.close()
    return total
  },
}
