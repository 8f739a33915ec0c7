import { expect, test } from 'vitest'
import { browserNetwork } from '../src/browser-network.ts'
import { fetchTransport } from '../src/index.ts'

class PageScope extends EventTarget {
  readonly navigator: { onLine: boolean } = { onLine: true }

  goes(type: 'online' | 'offline'): void {
    this.navigator.onLine = type === 'online'
    this.dispatchEvent(new Event(type))
  }
}

test('the network comes and goes with the events of the page', () => {
  const scope = new PageScope()
  const network = browserNetwork(scope)
  const seen: unknown[] = []
  const stop = network?.subscribe(() => seen.push(network.isOnline()))
  scope.goes('offline')
  scope.goes('online')
  expect(seen).toEqual([false, true])
  stop?.()
  scope.goes('offline')
  expect(seen).toHaveLength(2)
  expect(network?.isOnline()).toBe(false)
})

test.each([
  ['no navigator', { addEventListener() {}, removeEventListener() {} }],
  ['a navigator that knows nothing of it', { ...listeners(), navigator: {} }],
  ['no events', { navigator: { onLine: false } }],
])('a runtime with %s brings no network', (_, scope) => {
  expect(browserNetwork(scope)).toBeUndefined()
})

test('on Node the transport leaves the network to the default', () => {
  expect(fetchTransport().platform).toEqual({})
})

function listeners(): { addEventListener(): void; removeEventListener(): void } {
  return { addEventListener() {}, removeEventListener() {} }
}
