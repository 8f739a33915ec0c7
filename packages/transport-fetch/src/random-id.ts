/** Not crypto.randomUUID: pages over plain HTTP do not have it. */
export function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
