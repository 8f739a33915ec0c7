import { Transform } from 'node:stream'

/** Lets each piece wait for as long as a line of this speed would need for it. */
export function slowly(bytesPerSecond: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      setTimeout(done, (chunk.length / bytesPerSecond) * 1000, null, chunk)
    },
  })
}
