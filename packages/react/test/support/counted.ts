import type { Transfer, Uploader } from '@s3-bg-uploader/core'

/** Who listens. */
export interface Count {
  /** Now. */
  listeners: number
  /** Every subscription that was ever made. */
  subscriptions: number
}

export const noListeners = (): Count => ({ listeners: 0, subscriptions: 0 })

/** The same uploader, transfers and uploads included, with every subscription counted. */
export function counted<TFile>(uploader: Uploader<TFile>, count: Count): Uploader<TFile> {
  const known = new WeakMap<object, object>()
  const wrap = <T extends object>(target: T): T => {
    const wrapped = known.get(target) ?? new Proxy(target, { get: read })
    known.set(target, wrapped)
    return wrapped as T
  }
  const read = (target: object, name: string | symbol): unknown => {
    const value = Reflect.get(target, name, target)
    if (typeof value !== 'function') return value
    if (name === 'subscribe') {
      return (listener: () => void) => {
        const unsubscribe = value.call(target, listener)
        count.listeners += 1
        count.subscriptions += 1
        return () => {
          count.listeners -= 1
          unsubscribe()
        }
      }
    }
    if (name === 'uploads') return () => value.call(target).map(wrap)
    if (name === 'transfer') return (id: string): Transfer => wrap(value.call(target, id))
    return value.bind(target)
  }
  return wrap(uploader)
}
