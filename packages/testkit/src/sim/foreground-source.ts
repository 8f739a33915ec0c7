import type { ForegroundSource, PutRequest, PutResponse } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import type { Crowd } from './crowd.ts'
import type { HttpAnswer } from './http-answer.ts'
import { never } from './party.ts'
import type { Referee } from './referee.ts'
import { OpenFile, type SimFile } from './sim-files.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimStorage } from './sim-storage.ts'

/** What sends bytes to the storage. */
export interface Wire {
  readonly network: SimNetwork
  readonly crowd: Crowd
  readonly storage: SimStorage
  readonly referee: Referee
}

/** A file that sends its own parts. */
export class SimForegroundSource extends OpenFile implements ForegroundSource {
  readonly #wire: Wire

  constructor(file: SimFile, client: ClientProcess, kept: number | undefined, wire: Wire) {
    super(file, client, kept)
    this.#wire = wire
  }

  async put(request: PutRequest): Promise<PutResponse> {
    const { client, file } = this
    if (!client.enter()) return never()
    const { referee } = this.#wire
    const end = referee.putStarts(client, request.url, request.range)
    try {
      this.check()
      const answer = await sendPart(this.#wire, file, client, request)
      // Whatever was read while the file changed may be anything.
      this.check()
      // Nobody hears of what comes after the abort.
      end(request.signal.aborted ? undefined : answer)
      return answer
    } catch (error) {
      end(undefined)
      throw error
    }
  }
}

/** Sends one part: its first half as the file is now, its second half as it is when that is read. */
export function sendPart(
  { network, storage, crowd }: Wire,
  file: SimFile,
  party: ClientProcess | { readonly alive: true; deliver(callback: () => void): void },
  request: Omit<PutRequest, 'signal'> & { readonly signal: AbortSignal | undefined },
): Promise<HttpAnswer> {
  const { url, range, signal, onProgress } = request
  const { world } = file
  const length = range.end - range.start
  const middle = range.start + (length >> 1)
  const firstHalf = file.content.subarray(range.start, middle)
  const seesProgress = !world.has('no-progress')
  // Bytes leave the device now, however late they arrive.
  const { bodyMs, isTooMany } = crowd.join()
  const halfwayAt = world.clock.now() + bodyMs / 2
  const issued = storage.urls.get(url)
  const startedAt = world.clock.wall()
  return network.exchange<HttpAnswer>({
    party,
    label: `PUT ${issued?.part ?? '?'} of ${issued?.upload.uploadId ?? '?'}`,
    secret: url,
    signal,
    bodyMs,
    onProgress: seesProgress ? (share) => onProgress(Math.floor(share * length)) : undefined,
    arrive: () => {
      const rest = file.contentAt(halfwayAt).subarray(middle, range.end)
      const bytes = new Uint8Array(firstHalf.length + rest.length)
      bytes.set(firstHalf)
      bytes.set(rest, firstHalf.length)
      return isTooMany ? storage.refuse() : storage.put(url, bytes, startedAt)
    },
    // Platforms that cannot watch the progress end by themselves what stands still.
    patienceMs: seesProgress ? undefined : 150_000,
  })
}
