import { type ForegroundTransport, UploadError } from '@s3-bg-uploader/core'

/** Files in memory, sent by fetch. */
export function blobTransport(): ForegroundTransport<File> {
  return {
    capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
    async open(file) {
      const slice = (start: number, end: number): Blob => {
        if (end <= file.size) return file.slice(start, end)
        throw new UploadError('source_changed', `${file.name} ends before byte ${end}`)
      }
      return {
        name: file.name,
        size: file.size,
        lastModified: file.lastModified,
        ref: undefined,
        async read({ start, end }) {
          return new Uint8Array(await slice(start, end).arrayBuffer())
        },
        async put({ url, range, signal }) {
          const body = slice(range.start, range.end)
          const response = await fetch(url, { method: 'PUT', body, signal, redirect: 'manual' })
          const headers = Object.fromEntries(response.headers)
          return { status: response.status, headers, body: await beginningOf(response) }
        },
        async close() {},
      }
    },
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (reader !== undefined && text.length < 4096) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return text.slice(0, 4096)
}
