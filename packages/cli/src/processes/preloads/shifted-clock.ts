// Loaded by a client: its wall clock is wrong, and is set again and again. The query of this module's
// URL tells by how much, in milliseconds: `?0,86400000`; and every how many: `#300`.
const { search, hash } = new URL(import.meta.url)
const offsets = search.slice(1).split(',').map(Number)
const intervalMs = Number(hash.slice(1))
const RealDate = Date
const startedAt = performance.now()

function now(): number {
  const turn = Math.floor((performance.now() - startedAt) / intervalMs)
  return RealDate.now() + (offsets[turn % offsets.length] ?? 0)
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
})
