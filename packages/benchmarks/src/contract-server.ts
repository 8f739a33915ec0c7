import { createServer } from 'node:http'

/** The whole contract at the least cost: every part is read, forgotten and answered with an ETag. */
const PART_SIZE = Number(process.argv[2])

const server = createServer((request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk: Buffer) => {
    if (request.method === 'POST') body.push(chunk)
  })
  request.on('end', () => {
    const answer = request.method === 'PUT' ? '' : JSON.stringify(answerTo(request.url ?? '', body))
    response.writeHead(200, { etag: '"0"', 'content-length': Buffer.byteLength(answer) })
    response.end(answer)
  })
})

function answerTo(path: string, body: readonly Buffer[]): object {
  if (path.startsWith('/start')) return { key: 'key', uploadId: 'upload', partSize: PART_SIZE }
  if (!path.startsWith('/urls')) return {}
  const { parts } = JSON.parse(Buffer.concat(body).toString()) as { parts: number[] }
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const urls = parts.map((part) => [part, `http://127.0.0.1:${port}/key?partNumber=${part}`])
  return { urls: Object.fromEntries(urls) }
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.(address?.port)
})
process.on('disconnect', () => process.exit())
