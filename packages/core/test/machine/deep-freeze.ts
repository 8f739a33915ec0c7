/** Makes every attempt to change the value throw, so that a test sees what is not pure. */
export function deepFreeze<T>(value: T): T {
  const todo: unknown[] = [value]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue
    Object.freeze(next)
    todo.push(...Object.values(next))
  }
  return value
}
