import type { Duplex } from 'node:stream'

type Callback = (error?: Error | null) => void

/**
 * Makes a socket keep reading when a write fails.
 *
 * A server may answer 403 and close before the whole part has arrived. Node destroys a socket on
 * the first failed write, with that answer unread; here the failure is held back until the other
 * side's end has been read, so the answer is seen first.
 */
export function readBeforeFailing<T extends Duplex>(socket: T): T {
  const held =
    (callback: Callback): Callback =>
    (error) => {
      if (!error || socket.destroyed || socket.readableEnded) return callback(error)
      let open = true
      const fail = () => {
        if (open) callback(error)
        open = false
      }
      socket.once('end', fail).once('close', fail)
    }
  const { _write, _writev } = socket
  socket._write = (chunk, encoding, callback) =>
    _write.call(socket, chunk, encoding, held(callback))
  if (_writev) socket._writev = (chunks, callback) => _writev.call(socket, chunks, held(callback))
  return socket
}
