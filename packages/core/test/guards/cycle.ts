/** A way along the arrows that leads back to its start, such as `a`, `b`, `a`; or undefined. */
export function cycleIn(
  arrows: Readonly<Record<string, readonly string[]>>,
): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (at: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at]
    if (done.has(at)) return undefined
    for (const next of arrows[at] ?? []) {
      const cycle = walk(next, [...way, at])
      if (cycle !== undefined) return cycle
    }
    done.add(at)
    return undefined
  }
  for (const start of Object.keys(arrows)) {
    const cycle = walk(start, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
