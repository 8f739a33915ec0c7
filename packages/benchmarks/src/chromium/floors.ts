/** What nobody can be faster than: bare XMLHttpRequests. */
import xxhash from 'xxhash-wasm'
import { byteStream } from './byte-stream.ts'
import type { Contender, Task } from './task.ts'

/** Only the PUTs: URLs that need no signing, nothing hashed, nothing to complete. */
export const barePuts: Contender = async (file, task) => {
  const startedAt = performance.now()
  await putParts(file, task, (part) => `${task.storage}/key?partNumber=${part}`)
  return performance.now() - startedAt
}

/** All that the contract asks for and no more: hash, start, one urls call, the PUTs, complete. */
export const sameCalls: Contender = async (file, task) => {
  const { create64 } = await xxhash()
  const startedAt = performance.now()
  const hash = create64()
  for await (const bytes of byteStream(file, 256 * 1024)) hash.update(bytes)
  const fileHash = hash.digest().toString(16)
  const { key, uploadId } = await call('/start/', { fileName: file.name, fileHash })
  const parts = Array.from({ length: Math.ceil(file.size / task.partSize) }, (_, at) => at + 1)
  const { urls } = (await call('/urls/', { key, uploadId, parts })) as { urls: string[] }
  await putParts(file, task, (part) => urls[part] ?? '')
  await call(`/complete/${uploadId}/${key}`, { parts })
  return performance.now() - startedAt
}

async function call(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) })
  return response.json()
}

async function putParts(
  file: File,
  { partSize, slots }: Task,
  urlOf: (part: number) => string,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next * partSize < file.size) {
      const part = next
      next += 1
      await put(urlOf(part + 1), file.slice(part * partSize, (part + 1) * partSize, ''))
    }
  }
  await Promise.all(Array.from({ length: slots }, work))
}

function put(url: string, body: Blob): Promise<void> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('PUT', url)
    xhr.onload = () => (xhr.status === 200 ? resolve() : reject(new Error(`Status ${xhr.status}`)))
    xhr.onerror = () => reject(new Error('The PUT failed'))
    xhr.send(body)
  })
}
