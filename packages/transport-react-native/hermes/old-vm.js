// Only for the virtual machine of hermes-engine-cli 0.12, which is older than the engine that React
// Native brings: what the one lacks and the other has. AbortController is React Native's own, so
// this one has no `reason`, no `any` and no `timeout` either.
/* global print */
;(() => {
  function define(object, name, value) {
    if (!(name in object)) {
      Object.defineProperty(object, name, { value, writable: true, configurable: true })
    }
  }

  define(globalThis, 'console', { log: print, warn: print, error: print })

  define(Array.prototype, 'at', function at(index) {
    const whole = Math.trunc(index) || 0
    return this[whole < 0 ? this.length + whole : whole]
  })

  define(Object, 'hasOwn', (object, name) => Object.hasOwn(object, name))

  define(Promise, 'allSettled', (promises) =>
    Promise.all(
      Array.from(promises, (promise) =>
        Promise.resolve(promise).then(
          (value) => ({ status: 'fulfilled', value }),
          (reason) => ({ status: 'rejected', reason }),
        ),
      ),
    ),
  )

  define(globalThis, 'queueMicrotask', (callback) => {
    void Promise.resolve().then(callback)
  })

  class AbortSignal {
    constructor() {
      this.aborted = false
      this.listeners = new Set()
    }
    addEventListener(type, listener) {
      if (type === 'abort') this.listeners.add(listener)
    }
    removeEventListener(type, listener) {
      if (type === 'abort') this.listeners.delete(listener)
    }
  }

  class AbortController {
    constructor() {
      this.signal = new AbortSignal()
    }
    abort() {
      if (this.signal.aborted) return
      this.signal.aborted = true
      for (const listener of this.signal.listeners) listener({ type: 'abort' })
    }
  }
  define(globalThis, 'AbortController', AbortController)
})()
