import { printable } from '../printable.ts'

const LONGEST = 300

/** Shorter values are no secrets, and words would be cut to pieces. */
const SHORTEST_SECRET = 8

/**
 * What a backend said, fit to be shown: without what URLs hold before an @, without their queries, which are
 * signatures, without the values of headers that were given, and not too long.
 */
export function redactor(headers: readonly Readonly<Record<string, string>>[]) {
  const secrets = headers
    .flatMap((some) => Object.values(some))
    // `Bearer TOKEN` may come back as the token alone.
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((value) => value.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  return (text: string): string => {
    let shown = printable(text)
      .replace(/\?[^\s"'<>?]*=[^\s"'<>]*/g, '?…')
      .replace(/\/\/[^\s"'<>/]*@/g, '//…@')
    for (const secret of secrets) shown = shown.replaceAll(secret, '…')
    return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
  }
}
