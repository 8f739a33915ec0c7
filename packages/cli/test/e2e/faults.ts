import type { ServerResponse } from 'node:http'
import type { Exchange, Fault } from './faulty-server.ts'

interface Answer {
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

/** Reads the whole request, then answers in place of the backend. */
export function answer(status: number, { headers = {}, body = '' }: Answer = {}): Fault {
  return ({ request, response }) => {
    request.on('end', () => {
      response.writeHead(status, headers)
      response.end(body)
    })
    request.resume()
  }
}

/** The same with JSON. */
export function answerJson(status: number, value: unknown): Fault {
  const headers = { 'content-type': 'application/json' }
  return answer(status, { headers, body: JSON.stringify(value) })
}

/** S3's way to say no. */
export function answerXml(status: number, code: string): Fault {
  const body = `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`
  return answer(status, { headers: { 'content-type': 'application/xml' }, body })
}

/** Answers before the body is read, and closes the connection. */
export function answerEarly(status: number): Fault {
  return ({ response }) => {
    response.writeHead(status, { connection: 'close' })
    response.end()
  }
}

/** Breaks the connection before anything of the body is read. */
export const resetBefore: Fault = ({ request }) => request.socket.resetAndDestroy()

/** Breaks it when the first bytes of the body are there. */
export const resetDuring: Fault = ({ request }) => {
  request.once('data', () => request.socket.resetAndDestroy())
}

/** Breaks it when the whole body is there, without the backend having seen it. */
export const resetAfter: Fault = ({ request }) => {
  request.on('end', () => request.socket.resetAndDestroy())
  request.resume()
}

/** The backend does its work; its answer never arrives. */
export const loseAnswer: Fault = ({ response, pass }) => {
  response.write = () => true
  response.end = () => {
    response.socket?.resetAndDestroy()
    return response
  }
  pass()
}

/** Reads everything and never answers. */
export const stall: Fault = ({ request }) => {
  request.resume()
}

/** Reads nothing of the body and never answers. */
export const stallUnread: Fault = () => {}

/** Announces a longer answer than it sends, then breaks the connection. */
export const cutOff: Fault = ({ request, response }) => {
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"key":', () => request.socket.destroy())
  })
  request.resume()
}

/** Lets the backend answer and sends something else that is made of its JSON. */
export function alterJson(alter: (json: Record<string, unknown>) => unknown): Fault {
  return ({ response, pass }) => {
    replaceBody(response, (body) => JSON.stringify(alter(JSON.parse(body.toString()))))
    pass()
  }
}

/** Lets the backend answer and sends its answer byte by byte. */
export const dribble: Fault = ({ response, pass }) => {
  const write = response.write.bind(response) as (chunk: Buffer) => boolean
  const end = response.end.bind(response) as () => ServerResponse
  replaceBody(response, (body) => {
    for (const byte of body) write(Buffer.of(byte))
    end()
    return undefined
  })
  pass()
}

/** The same answer, without its length in a header. */
export function inChunks(fault: Fault): Fault {
  return (exchange) => {
    const { response } = exchange
    const end = response.end.bind(response) as () => ServerResponse
    response.end = (body?: unknown) => {
      if (typeof body === 'string' || Buffer.isBuffer(body)) response.write(body)
      return end()
    }
    fault(exchange)
  }
}

/** Lets the backend answer, without one of its headers. */
export function dropHeader(name: string): Fault {
  return ({ response, pass }) => {
    const set = response.setHeader.bind(response)
    response.setHeader = (given, value) =>
      given.toLowerCase() === name ? response : set(given, value)
    pass()
  }
}

/** Lets the backend answer, with one of its headers sent twice. */
export function repeatHeader(name: string): Fault {
  return ({ response, pass }) => {
    const set = response.setHeader.bind(response)
    response.setHeader = (given, value) =>
      set(given, given.toLowerCase() === name ? [`${value}`, `${value}`] : value)
    pass()
  }
}

/** Holds requests back until the test lets them go on. */
export class Gate {
  readonly #held: Exchange[] = []
  #open = false

  /** Holds a request back before the backend sees it. The body is not read meanwhile. */
  readonly hold: Fault = (exchange) => {
    if (this.#open) exchange.pass()
    else this.#held.push(exchange)
  }

  get held(): number {
    return this.#held.length
  }

  /** Lets everything that is held, and all that comes, go on. */
  open(): void {
    this.#open = true
    for (const { pass } of this.#held.splice(0)) pass()
  }
}

function replaceBody(
  response: ServerResponse,
  replace: (body: Buffer) => string | undefined,
): void {
  const end = response.end.bind(response) as (body: string) => ServerResponse
  const write = response.write
  const chunks: Buffer[] = []
  response.write = (chunk: Uint8Array) => {
    chunks.push(Buffer.from(chunk))
    return true
  }
  response.end = () => {
    response.write = write
    const body = replace(Buffer.concat(chunks))
    return body === undefined ? response : end(body)
  }
}
