import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'

// Control characters, line separators and bidirectional overrides: what a file name could use to
// move the cursor, forge a line, or show itself backwards.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text that came from outside, safe to show on one line of a terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, '\u{fffd}')
}

/**
 * Exactly `width` columns: padded at the end, or shortened in the middle, because the end of a file
 * name tells as much as its beginning.
 */
export function fitMiddle(text: string, width: number): string {
  const missing = width - stringWidth(text)
  if (missing >= 0) return text + ' '.repeat(missing)
  const graphemes = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
  const tail = takeColumns(graphemes.slice().reverse(), Math.floor((width - 1) / 2)).reverse()
  const head = takeColumns(graphemes, width - 1 - stringWidth(tail.join('')))
  const short = `${head.join('')}…${tail.join('')}`
  return short + ' '.repeat(Math.max(0, width - stringWidth(short)))
}

function takeColumns(graphemes: readonly string[], columns: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const grapheme of graphemes) {
    used += stringWidth(grapheme)
    if (used > columns) break
    taken.push(grapheme)
  }
  return taken
}
