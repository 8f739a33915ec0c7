import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'

describe('a test', () => {
  test('may connect to a server of its own', async () => {
    const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('Not listening on a port')
    const response = await fetch(`http://127.0.0.1:${address.port}/`)
    expect(await response.text()).toBe('here')
    server.close()
  })

  // 192.0.2.0/24 is reserved for documentation: nothing answers there.
  test('cannot reach the internet by fetch', async () => {
    await expect(fetch('http://192.0.2.1/')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('only connect to loopback') },
    })
  })

  test('cannot reach the internet by node:http', () => {
    expect(() => get('http://192.0.2.1/')).toThrow('only connect to loopback')
  })

  test('cannot reach the internet by node:net', () => {
    expect(() => connect(80, '192.0.2.1')).toThrow('only connect to loopback')
  })

  test.fails('cannot be retried', { retry: 1 }, () => {})
})
