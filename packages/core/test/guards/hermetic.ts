import { isIP, Socket } from 'node:net'
import { beforeEach } from 'vitest'

// Set up before every test file of every package: a test that needs the internet, or luck, fails.

const connect = Socket.prototype.connect

Socket.prototype.connect = function connectToLoopback(this: Socket, ...input: unknown[]): Socket {
  const host = hostOf(input)
  if (!isLoopback(host)) {
    throw new Error(`A test tried to connect to ${host}: tests may only connect to loopback`)
  }
  return Reflect.apply(connect, this, input)
}

beforeEach(({ task }) => {
  if (task.retry) throw new Error('A test that needs retries hides a bug: remove its retry option')
})

/** From the forms of `connect`: (options), (port, host?), (path), and net's normalized array. */
function hostOf(input: readonly unknown[]): string {
  const [first, second] = Array.isArray(input[0]) ? input[0] : input
  if (typeof first === 'object' && first !== null) {
    return 'host' in first && typeof first.host === 'string' ? first.host : 'localhost'
  }
  return typeof second === 'string' ? second : 'localhost'
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return ['localhost', '::1', '[::1]', '::ffff:127.0.0.1'].includes(host)
}
