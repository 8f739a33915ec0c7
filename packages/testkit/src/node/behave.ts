import type { Behaviour } from '../conformance/put-server.ts'
import type { Exchange } from './exchange.ts'

const ENDLESS_BYTES = 64 * 1024 * 1024
const PIECE = Buffer.alloc(64 * 1024, 'x')

/** Deals with one request as the behaviour says. */
export function behave(exchange: Exchange, behaviour: Behaviour, gate: Promise<void>): void {
  const { response, stages } = exchange
  switch (behaviour.kind) {
    case 'answer': {
      if (behaviour.continues) response.writeContinue()
      if (behaviour.gated) void gate.then(() => exchange.read())
      else exchange.read()
      void stages.body.then(() => answer(exchange, behaviour))
      return
    }
    case 'early': {
      answer(exchange, behaviour)
      if (behaviour.afterwards === 'drain') exchange.read()
      else response.once('finish', () => exchange.socket.resetAndDestroy())
      return
    }
    case 'stall': {
      if (behaviour.reading === 'everything') exchange.read()
      return
    }
    case 'break':
      return breakOff(exchange, behaviour)
    case 'endless': {
      exchange.read()
      void stages.body.then(() => pour(exchange, behaviour.status))
      return
    }
  }
}

function answer(
  { response }: Exchange,
  {
    status,
    headers = {},
    body = '',
  }: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  },
): void {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  if (status < 300 && !names.includes('etag')) response.setHeader('ETag', '"etag"')
  for (const [name, value] of Object.entries(headers)) {
    // An empty ETag stands for none.
    if (value !== '') response.setHeader(name, value)
  }
  const bodiless = status === 204 || status === 304
  if (!bodiless) response.setHeader('Content-Length', Buffer.byteLength(body))
  response.writeHead(status).end(bodiless ? undefined : body)
}

function breakOff(
  exchange: Exchange,
  { at, how, status = 200 }: Extract<Behaviour, { kind: 'break' }>,
): void {
  const { response, socket, stages } = exchange
  const hangUp = (): void => {
    if (how === 'reset') socket.resetAndDestroy()
    else socket.destroy()
  }
  switch (at) {
    case 'headers':
      return hangUp()
    case 'body':
      return exchange.read(() => {
        exchange.pause()
        hangUp()
      })
    case 'end':
      exchange.read()
      void stages.body.then(hangUp)
      return
    case 'answer headers':
      exchange.read()
      void stages.body.then(() => socket.write(`HTTP/1.1 ${status} Cut\r\nETag: "cu`, hangUp))
      return
    case 'answer body':
      exchange.read()
      void stages.body.then(() => {
        response.writeHead(status, { ETag: '"etag"', 'Content-Length': '1000' })
        response.write('the beginning', hangUp)
      })
      return
  }
}

/** Writes as fast as it is read, and then no more, without an end. */
function pour({ response, socket }: Exchange, status: number): void {
  response.writeHead(status, { ETag: '"etag"' })
  let left = ENDLESS_BYTES
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= PIECE.length
      if (!response.write(PIECE)) return
    }
  }
  response.on('drain', more)
  more()
}
