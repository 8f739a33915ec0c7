import { type ForegroundTransport, type Range, UploadError } from '@s3-bg-uploader/core'

export const blobTransport: ForegroundTransport<File> = {
  capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
  open: async (file) => ({
    name: file.name,
    size: file.size,
    lastModified: file.lastModified,
    ref: undefined,
    read: async (range) => new Uint8Array(await slice(file, range).arrayBuffer()),
    async put({ url, range, signal }) {
      const body = slice(file, range)
      const response = await fetch(url, { method: 'PUT', body, signal, redirect: 'manual' })
      const { status, headers } = response
      return { status, headers: Object.fromEntries(headers), body: await beginningOf(response) }
    },
    close: async () => {},
  }),
}

function slice(file: File, { start, end }: Range): Blob {
  if (end <= file.size) return file.slice(start, end)
  throw new UploadError('source_changed', `${file.name} ends before byte ${end}`)
}

async function beginningOf({ body }: Response): Promise<string> {
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece
    if (text.length >= 4096) break
  }
  return text.slice(0, 4096)
}
