import type { PutResponse } from '@s3-bg-uploader/core'
import { BODY_CHARACTERS, DRAIN_BYTES, isSuccess } from './answer.ts'
import type { SendPart } from './file-source.ts'
import { parseResponseHeaders } from './response-headers.ts'
import { sentBytes } from './sent-bytes.ts'

/**
 * Sends a part by XMLHttpRequest, the only way in browsers to see how much was sent. Of an answer
 * whose body does not end, or breaks off, it gives what came.
 */
export const xhrPart: SendPart = ({ url, body, signal, onProgress, onSent }) =>
  new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    const progress = sentBytes(body.size, onProgress)
    let head: Head | undefined

    const settle = (): void => {
      signal.removeEventListener('abort', abort)
      xhr.upload.onprogress = xhr.upload.onload = null
      xhr.onreadystatechange = xhr.onprogress = xhr.onloadend = null
    }
    const abort = (): void => {
      settle()
      xhr.abort()
      reject(signal.reason)
    }
    const end = (): void => {
      settle()
      if (head === undefined) return reject(brokenExchange())
      if (isElsewhere(head.url, url))
        return reject(new Error('The storage answered with a redirect'))
      resolve(answerOf(head, xhr))
      if (isSuccess(head.status)) progress(body.size)
    }

    signal.addEventListener('abort', abort)
    xhr.upload.onprogress = ({ loaded }) => progress(loaded)
    xhr.upload.onload = onSent
    xhr.onreadystatechange = () => {
      if (xhr.readyState === XMLHttpRequest.HEADERS_RECEIVED) head = headOf(xhr)
    }
    xhr.onprogress = ({ loaded }) => {
      if (loaded <= DRAIN_BYTES) return
      end()
      xhr.abort()
    }
    xhr.onloadend = end
    xhr.open('PUT', url)
    xhr.send(body)
  })

/** What an XMLHttpRequest forgets as soon as the connection breaks. */
interface Head {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

function headOf(xhr: XMLHttpRequest): Head {
  const headers = parseResponseHeaders(xhr.getAllResponseHeaders())
  return { url: xhr.responseURL, status: xhr.status, headers }
}

function answerOf({ status, headers }: Head, xhr: XMLHttpRequest): PutResponse {
  if (isSuccess(status)) return { status, headers }
  return { status, headers, body: xhr.responseText.slice(0, BODY_CHARACTERS) }
}

/**
 * Whether a redirect was followed, which nobody can forbid: a PUT that became a GET would be answered
 * 200, with an ETag even, of something else.
 */
export function isElsewhere(responseUrl: string, url: string): boolean {
  return responseUrl !== '' && responseUrl !== new URL(url).href.split('#')[0]
}

/** A page is never told more; the code at least says where to look when nothing ever works. */
function brokenExchange(): Error {
  const message = 'The connection broke, or the CORS rules of the bucket forbid the PUT'
  return Object.assign(new Error(message), { code: 'NETWORK_OR_CORS' })
}
