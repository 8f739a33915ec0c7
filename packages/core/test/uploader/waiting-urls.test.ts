import { expect, test } from 'vitest'
import type { Upload, Uploader } from '../../src/uploader/types.ts'
import type { MemoryFile } from '../support/memory-transport.ts'
import { json } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const SECOND = 1000
const LIFE = 900 * SECOND
const PUT = 10 * SECOND
const CALL = 500

/** One slot, in which the first file may take longer than the URLs of those behind it live. */
class Line {
  readonly world = new World()
  readonly uploads: Upload[] = []
  /** When each PUT began. */
  readonly starts: number[] = []
  #uploader: Uploader<MemoryFile> | undefined

  constructor() {
    const { storage, backend, clock } = this.world
    storage.latencyMs = PUT
    storage.urlLifeSeconds = LIFE / SECOND
    storage.fault = () => {
      this.starts.push(clock.now())
      return undefined
    }
    backend.latencyMs = CALL
  }

  /** Files of so many parts join the line. */
  async add(...parts: number[]): Promise<void> {
    this.#uploader ??= await this.world.uploader({ concurrency: 1 })
    for (const count of parts) {
      const name = `file-${this.uploads.length}`
      const file = this.world.file(name, count * this.world.backend.partSize)
      this.uploads.push(await this.#uploader.uploadFile(file))
    }
  }

  /** How often URLs were asked for, by file. */
  get calls(): number[] {
    return this.uploads.map((upload) => {
      const asks = `urls in/${upload.getSnapshot().name} `
      return this.world.transcript.filter((line) => line.startsWith(asks)).length
    })
  }

  /** Milliseconds in which the slot was free between the first part and the last one. */
  get idleMs(): number {
    const { starts } = this
    return (starts.at(-1) ?? 0) - (starts[0] ?? 0) - (starts.length - 1) * PUT
  }

  /** Until everything is done. */
  async end(): Promise<void> {
    await this.world.clock.exhaust()
    expect(new Set(this.uploads.map(statusOf))).toEqual(new Set(['completed']))
  }
}

test('who waits for longer than URLs live has good ones when its turn comes', async () => {
  const line = new Line()
  await line.add(200, 2)
  await line.world.clock.advance(2 * PUT)
  expect(line.calls[1]).toBe(1)
  await line.end()
  expect(line.starts).toHaveLength(202)
  expect(line.idleMs).toBe(0)
  expect(line.calls[1]).toBe(2)
})

test('of many that wait, each renews its URLs once, when its turn is near', async () => {
  const line = new Line()
  await line.add(500, ...Array.from({ length: 30 }, () => 2))
  await line.world.clock.advance(490 * PUT)
  // Five lives later: nobody is near yet, and only those that work at once have asked for any.
  expect(line.calls.slice(1)).toEqual(Array.from({ length: 30 }, (_, index) => +(index < 3)))
  await line.world.clock.advance(9 * PUT)
  expect(line.calls.slice(1, 5)).toEqual([2, 2, 1, 0])
  await line.end()
  expect(line.starts).toHaveLength(560)
  expect(line.idleMs).toBe(0)
  expect(Math.max(...line.calls.slice(1))).toBe(2)
})

test('one that is as long goes on without a gap too', async () => {
  const line = new Line()
  await line.add(100, 100)
  await line.end()
  expect(line.starts).toHaveLength(200)
  expect(line.idleMs).toBe(0)
})

test('a renewal that fails is tried again', async () => {
  const line = new Line()
  await line.add(92, 2)
  let refused = 0
  line.world.backend.fault = (call) => {
    if (call !== 'urls' || line.calls[1] !== 2 || refused > 0) return undefined
    refused += 1
    return json(503)
  }
  await line.end()
  expect(refused).toBe(1)
  expect(line.starts).toHaveLength(94)
  expect(line.idleMs).toBe(0)
})

test.each(['paused', 'offline', 'constrained'])('nobody renews URLs while %s', async (why) => {
  const line = new Line()
  const { network, clock, backend } = line.world
  await line.add(3, 2)
  await clock.advance(PUT / 2)
  if (why === 'paused') await Promise.all(line.uploads.map((upload) => upload.pause()))
  if (why === 'offline') network.switch(false)
  if (why === 'constrained') network.constrain(true)
  await clock.advance(PUT)
  const asked = backend.count('urls')
  await clock.advance(10 * LIFE)
  expect(backend.count('urls')).toBe(asked)
  if (why === 'paused') await Promise.all(line.uploads.map((upload) => upload.resume()))
  network.switch(true)
  network.constrain(false)
  await line.end()
})

test('URLs that live no longer than a part are not renewed again and again', async () => {
  const line = new Line()
  line.world.storage.urlLifeSeconds = 4
  await line.add(10)
  await line.end()
  expect(line.starts).toHaveLength(10)
  expect(line.calls[0]).toBeLessThanOrEqual(20)
})
