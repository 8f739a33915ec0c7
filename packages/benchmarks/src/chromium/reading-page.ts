/** What runs in the page: the file that was chosen, read in every way that browsers have. */
import { fetchTransport } from '@s3-bg-uploader/transport-fetch'
import { byteStream } from './byte-stream.ts'

const MIB = 1024 * 1024

/** Reads all of a file and resolves with how many bytes came. */
type Way = (file: File) => Promise<number>

const ways: Readonly<Record<string, Way>> = {
  'fetchTransport, 2 MiB a read': transport,
  'stream into the same 256 KiB': (file) => sum(byteStream(file, MIB / 4)),
  'stream into the same 4 MiB': (file) => sum(byteStream(file, 4 * MIB)),
  stream: (file) => sum(file.stream() as unknown as AsyncIterable<Uint8Array>),
  'body of a Response': (file) =>
    sum(new Response(file).body as unknown as AsyncIterable<Uint8Array>),
  'fetch of a blob: URL': fetched,
  'arrayBuffer of the whole file': async (file) => (await file.arrayBuffer()).byteLength,
  'slices of 256 KiB, 1 at once': slices(MIB / 4, 1),
  'slices of 256 KiB, 3 at once': slices(MIB / 4, 3),
  'slices of 1 MiB, 1 at once': slices(MIB, 1),
  'slices of 1 MiB, 3 at once': slices(MIB, 3),
  'slices of 4 MiB, 1 at once': slices(4 * MIB, 1),
  'slices of 4 MiB, 3 at once': slices(4 * MIB, 3),
  'slices of 8 MiB, 3 at once': slices(8 * MIB, 3),
  'FileReader, 4 MiB, 3 at once': slices(4 * MIB, 3, byFileReader),
  'FileReaderSync in a worker, 4 MiB': (file) => inWorkers(file, 4 * MIB, 1),
  'FileReaderSync in a worker, 8 MiB': (file) => inWorkers(file, 8 * MIB, 1),
  'FileReaderSync in 3 workers, 8 MiB': (file) => inWorkers(file, 8 * MIB, 3),
}

/** Milliseconds that a way takes. */
export type ReadIn = (way: string) => Promise<number>

const readIn: ReadIn = async (way) => {
  const file = document.querySelector('input')?.files?.[0]
  const read = ways[way]
  if (file === undefined || read === undefined) throw new Error(`No file was chosen, or no ${way}`)
  const startedAt = performance.now()
  const bytes = await read(file)
  if (bytes !== file.size) throw new Error(`${way} read ${bytes} bytes of ${file.size}`)
  return performance.now() - startedAt
}
Object.assign(globalThis, { readIn, ways: Object.keys(ways) })

async function sum(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let total = 0
  for await (const { length } of pieces) total += length
  return total
}

async function transport(file: File): Promise<number> {
  const source = await fetchTransport().open(file)
  const into = new Uint8Array(2 * MIB)
  let at = 0
  while (at < file.size) {
    const range = { start: at, end: Math.min(file.size, at + into.length) }
    at += (await source.read(range, into)).length
  }
  await source.close()
  return at
}

async function fetched(file: File): Promise<number> {
  const url = URL.createObjectURL(file)
  const { body } = await fetch(url)
  const total = await sum(body as unknown as AsyncIterable<Uint8Array>)
  URL.revokeObjectURL(url)
  return total
}

function slices(bytes: number, atOnce: number, read = (slice: Blob) => slice.arrayBuffer()): Way {
  return async (file) => {
    let next = 0
    let total = 0
    const work = async (): Promise<void> => {
      while (next < file.size) {
        const slice = file.slice(next, next + bytes)
        next += bytes
        const { byteLength } = await read(slice)
        total += byteLength
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return total
  }
}

function byFileReader(slice: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as ArrayBuffer)
    reader.onerror = () => reject(reader.error)
    reader.readAsArrayBuffer(slice)
  })
}

const WORKER = `onmessage = ({ data }) => {
  const bytes = new FileReaderSync().readAsArrayBuffer(data)
  postMessage(bytes, [bytes])
}`

/** With the start of the workers, a few milliseconds. */
async function inWorkers(file: File, bytes: number, count: number): Promise<number> {
  const url = URL.createObjectURL(new Blob([WORKER]))
  const workers = Array.from({ length: count }, () => new Worker(url))
  const idle = [...workers]
  const read = (slice: Blob): Promise<ArrayBuffer> =>
    new Promise((resolve, reject) => {
      const worker = idle.pop()
      if (worker === undefined) return reject(new Error('No worker is idle'))
      worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        idle.push(worker)
        resolve(data)
      }
      worker.onerror = () => reject(new Error('A worker failed'))
      worker.postMessage(slice)
    })
  const total = await slices(bytes, count, read)(file)
  for (const worker of workers) worker.terminate()
  URL.revokeObjectURL(url)
  return total
}
