// Loaded by a client to sabotage it: one bit of one part is sent wrong.
import { ClientRequest } from 'node:http'

let done = false
ClientRequest.prototype.write = new Proxy(ClientRequest.prototype.write, {
  apply(write, request: ClientRequest, args: readonly unknown[]) {
    const [chunk] = args
    if (!done && request.method === 'PUT' && chunk instanceof Uint8Array && chunk.length > 0) {
      done = true
      chunk[0] = (chunk[0] ?? 0) ^ 1
    }
    return Reflect.apply(write, request, args)
  },
})
