import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { expect, test } from 'vitest'
import { connectNode } from '../src/connect.ts'
import { writeDemoFile } from '../src/demo-file.ts'
import { run } from '../src/run.ts'
import { FakeIo } from './fake-io.ts'
import { type GatedBackend, gatedBackend } from './gated-backend.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ID = '5ov4ahk2n7q0c9tj'
const SIZE = 4999
const PART_SIZE = 1000
/** XXH64 of the file. */
const HASH = '7f8757a5bada0ed3'

interface Sent {
  readonly key: string
  readonly uploadId: string
  readonly etags: readonly string[]
}

/** Sends three of five parts, as a client of version 1 did. */
async function sendThreeParts({ options, calls }: GatedBackend, file: string): Promise<Sent> {
  const [start = '', urls = ''] = options.filter((option) => option.startsWith('http'))
  const post = async <T>(url: string, body: object): Promise<T> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status).toBe(200)
    return response.json() as Promise<T>
  }
  const { key, uploadId } = await post<Omit<Sent, 'etags'>>(start, {
    fileName: 'five parts.bin',
    fileHash: HASH,
    fileSize: SIZE,
  })
  const parts = [1, 2, 3]
  const signed = await post<{ urls: Record<number, string> }>(urls, { key, uploadId, parts })
  const bytes = await readFile(file)
  const etags: string[] = []
  for (const part of parts) {
    const body = bytes.subarray(PART_SIZE * (part - 1), PART_SIZE * part)
    const response = await fetch(signed.urls[part] ?? '', { method: 'PUT', body })
    etags.push(response.headers.get('etag')?.replaceAll('"', '') ?? '')
  }
  calls.length = 0
  return { key, uploadId, etags }
}

/** A folder as version 1 left it: the record in its words, with the names of this run in it. */
async function folderOfVersion1() {
  const dir = await temporaryFolder()
  const backend = await gatedBackend(dir, PART_SIZE)
  const file = join(dir, 'five parts.bin')
  await writeDemoFile(file, SIZE)
  const { key, uploadId, etags } = await sendThreeParts(backend, file)
  const { mtimeNs } = await stat(file, { bigint: true })
  const ref = JSON.stringify(JSON.stringify({ path: file }))
  const record = `{"v":1,"order":1,"createdAt":1767323045000,"name":"five parts.bin","size":${SIZE},"lastModified":${mtimeNs / 1_000_000n},"ref":${ref},"paused":false,"generation":0,"restarts":0,"hash":"${HASH}","completeLost":false,"key":"${key}","parts":5,"multipart":{"key":"${key}","uploadId":"${uploadId}","partSize":${PART_SIZE}}}`
  const state = join(dir, 'state')
  const store = levelStore(state)
  await store.read()
  await store.write([
    { key: `u/${ID}`, value: record },
    ...etags.map((value, index) => ({ key: `p/${ID}/0/${index + 1}`, value })),
  ])
  await store.close()
  return {
    backend,
    file,
    key,
    async command(name: string, ...argv: readonly string[]) {
      const io = new FakeIo()
      const exitCode = await run([name, '--state', state, ...argv], io, connectNode)
      return { io, exitCode }
    },
    async record() {
      const reading = levelStore(state)
      const records = new Map(await reading.read())
      await reading.close()
      return { before: record, now: records.get(`u/${ID}`) }
    },
  }
}

test('status shows an upload of version 1 and leaves its record as it is', async () => {
  const { command, record, backend } = await folderOfVersion1()
  const { io, exitCode } = await command('status')
  expect(io.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  expect(io.stdout.lines).toEqual([
    `${ID}  unfinished   60%    5.0 kB  five parts.bin`,
    '0 completed, 1 unfinished, 2.0 kB to go',
  ])
  const { before, now } = await record()
  expect(now).toBe(before)
  expect(backend.calls).toEqual([])
})

test('resume goes on with an upload of version 1 and sends no confirmed part again', async () => {
  const { command, record, backend, file, key } = await folderOfVersion1()
  const { io, exitCode } = await command('resume', ...backend.options, '--concurrency', '1')
  expect(io.stderr.text).toBe('')
  expect(exitCode).toBe(0)
  expect(backend.calls).toEqual(['urls', 4, 5, 'complete'])
  expect(await readFile(backend.objectPath(key))).toEqual(await readFile(file))
  const { now = '' } = await record()
  expect(JSON.parse(now)).toMatchObject({ v: 2, outcome: 'completed', abandoned: [] })
})
