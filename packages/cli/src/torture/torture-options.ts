import { parseArgs } from 'node:util'
import { parseInteger } from '../arguments/integer.ts'

export interface TortureOptions {
  readonly seed: number
  /** How often the uploading process is killed; the backend is killed now and then besides. */
  readonly kills: number
  /** Bytes of the one big file. */
  readonly size: number
  /** How many small files. */
  readonly small: number
  /** Bytes. */
  readonly partSize: number
  /** Seconds after which it is given up. */
  readonly limit: number
}

const MIB = 1024 * 1024

export const USAGE = `Usage: torture [options]

  --long         1 GB and 120 kills, instead of 64 MiB and 8
  --seed N       repeats the random choices of an earlier run
  --kills N      how often the uploading process is killed
  --size BYTES   of the one big file
  --small N      how many small files (default: 200)
  --part BYTES   size of a part
  --limit SEC    gives up after that long
`

/** @throws UsageError, TypeError */
export function readTortureOptions(argv: readonly string[]): TortureOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      long: { type: 'boolean', default: false },
      seed: { type: 'string' },
      kills: { type: 'string' },
      size: { type: 'string' },
      small: { type: 'string' },
      part: { type: 'string' },
      limit: { type: 'string' },
    },
  })
  const number = (name: Exclude<keyof typeof values, 'long'>, otherwise: number): number => {
    const text = values[name]
    const min = name === 'part' || name === 'limit' ? 1 : 0
    return text === undefined ? otherwise : parseInteger(`--${name}`, text, { min })
  }
  const { long } = values
  return {
    seed: number('seed', Math.floor(Math.random() * 2 ** 31)),
    kills: number('kills', long ? 120 : 8),
    size: number('size', long ? 1_000_000_000 : 64 * MIB),
    small: number('small', 200),
    partSize: number('part', long ? 4 * MIB : MIB),
    limit: number('limit', long ? 1800 : 120),
  }
}
