/** What runs in the page: the same file by us, by Uppy and by bare XMLHttpRequests. */
import { createUploader } from '@s3-bg-uploader/core'
import { fetchTransport } from '@s3-bg-uploader/transport-fetch'
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

export interface Task {
  readonly bytes: number
  readonly partSize: number
  /** PUTs at the same time, where the contender can do that. */
  readonly slots: number
  readonly storage: string
}

/** Each uploads once and resolves with the milliseconds that it took. */
export type Contenders = Readonly<Record<'ours' | 'uppy' | 'bare', (task: Task) => Promise<number>>>

function makeFile(bytes: number): File {
  const chunk = crypto.getRandomValues(new Uint8Array(65_536))
  const chunks = Array.from({ length: Math.ceil(bytes / chunk.length) }, () => chunk)
  return new File([new File(chunks, 'all').slice(0, bytes)], 'video.bin')
}

async function ours({ bytes, slots }: Task): Promise<number> {
  const file = makeFile(bytes)
  const api = location.origin
  const uploader = await createUploader({
    transport: fetchTransport(),
    concurrency: slots,
    config: {
      startUploadApi: `${api}/start`,
      getUploadUrlsApi: `${api}/urls`,
      completeApi: `${api}/complete`,
    },
  })
  const startedAt = performance.now()
  await (await uploader.uploadFile(file)).done
  const took = performance.now() - startedAt
  await uploader.close()
  return took
}

async function uppy({ bytes, partSize, slots }: Task): Promise<number> {
  const file = makeFile(bytes)
  const instance = new Uppy()
  instance.use(AwsS3, {
    shouldUseMultipart: true,
    limit: slots,
    getChunkSize: () => partSize,
    signRequest: async (request) => {
      const { method, key, uploadId = '', partNumber = '' } = request as SignedRequest
      const asked = {
        method,
        key,
        ...(uploadId === '' ? { uploads: '' } : { uploadId, partNumber }),
      }
      const body = JSON.stringify(asked)
      const response = await fetch('/sign', { method: 'POST', body })
      return (await response.json()) as { url: string }
    },
  })
  instance.addFile({ name: file.name, data: file })
  const startedAt = performance.now()
  const result = await instance.upload()
  const took = performance.now() - startedAt
  if (result?.successful?.length !== 1)
    throw new Error(`Uppy failed: ${result?.failed?.[0]?.error}`)
  instance.destroy()
  return took
}

interface SignedRequest {
  readonly method: string
  readonly key: string
  readonly uploadId?: string
  readonly partNumber?: number
}

/** The floor: URLs that need no signing, nothing hashed, nothing to complete. */
async function bare({ bytes, partSize, slots, storage }: Task): Promise<number> {
  const file = makeFile(bytes)
  const startedAt = performance.now()
  let next = 0
  const work = async (): Promise<void> => {
    while (next * partSize < bytes) {
      const part = next
      next += 1
      const body = file.slice(part * partSize, (part + 1) * partSize, '')
      await put(`${storage}/key?partNumber=${part + 1}`, body)
    }
  }
  await Promise.all(Array.from({ length: slots }, work))
  return performance.now() - startedAt
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

const contenders: Contenders = { ours, uppy, bare }
Object.assign(globalThis, { contenders })
