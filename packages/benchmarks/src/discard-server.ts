import { createServer } from 'node:http'

/** A storage that reads parts and forgets them: what is measured is the client alone. */
const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { etag: '"0"', 'content-length': 0 }).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.(address?.port)
})
process.on('disconnect', () => process.exit())
