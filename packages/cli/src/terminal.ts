import { styleText } from 'node:util'
import type { Io, Output } from './io.ts'

/** How text may look on one output. */
export interface Style {
  readonly dim: (text: string) => string
  readonly accent: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly symbols: {
    readonly completed: string
    readonly failed: string
    readonly cancelled: string
    readonly barDone: string
    readonly barLeft: string
  }
}

/** Whether the cursor can be moved, so that bars can be redrawn in place. */
export function canRedraw(output: Output, env: Io['env']): boolean {
  return output.isTTY === true && env.TERM !== 'dumb'
}

export function styleOf(output: Output, env: Io['env']): Style {
  const colours = output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const paint =
    (format: 'dim' | 'cyan' | 'green' | 'red') =>
    (text: string): string =>
      colours ? styleText(format, text, { validateStream: false }) : text
  return {
    dim: paint('dim'),
    accent: paint('cyan'),
    good: paint('green'),
    bad: paint('red'),
    symbols: hasUnicode(env)
      ? { completed: '✓', failed: '✗', cancelled: '–', barDone: '━', barLeft: '─' }
      : { completed: '+', failed: 'x', cancelled: '-', barDone: '#', barLeft: '-' },
  }
}

/** A locale that is set and is not UTF-8 says no; the Linux console has no glyphs for bars. */
function hasUnicode(env: Io['env']): boolean {
  if (env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8'
  return /utf-?8/i.test(locale)
}
