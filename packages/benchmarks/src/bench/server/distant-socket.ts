import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { DelayLine } from './delay-line.ts'

/**
 * The socket of a client that is far away: whatever comes and goes is on its way for half of the round
 * trip, as much of it at once as there is, so that bandwidth stays what it is. The kernel opens the
 * connection at once, so the first bytes also wait for the round trip that this would have taken.
 */
export class DistantSocket extends Duplex {
  readonly #socket: Socket
  readonly #arriving: DelayLine<Buffer | null>
  readonly #leaving: DelayLine<Buffer | null>

  constructor(socket: Socket, rttMs: number) {
    super()
    this.#socket = socket
    const openAt = performance.now() + rttMs
    this.#arriving = new DelayLine(rttMs / 2, (chunk) => this.push(chunk))
    this.#leaving = new DelayLine(rttMs / 2, (chunk) => {
      if (chunk === null) socket.end()
      else socket.write(chunk)
    })
    socket.setNoDelay(true)
    // Nothing is held back: what is on its way is bounded by the parts that clients have in flight.
    socket.on('data', (chunk: Buffer) => this.#arriving.push(chunk, openAt))
    socket.on('end', () => this.#arriving.push(null, openAt))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#leaving.push(chunk)
    done()
  }

  override _final(done: () => void): void {
    this.#leaving.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#arriving.close()
    this.#leaving.close()
    this.#socket.destroy()
    done(error)
  }
}
