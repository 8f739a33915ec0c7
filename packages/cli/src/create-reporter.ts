import type { Io } from './io.ts'
import { type BarsOptions, barsReporter } from './reporters/bars.ts'
import { jsonLinesReporter } from './reporters/json-lines.ts'
import { linesReporter } from './reporters/lines.ts'
import type { Reporter } from './reporters/reporter.ts'
import { canRedraw } from './terminal.ts'

/** The reporter for whoever reads the output. */
export function createReporter(
  io: Io,
  { json, ...bars }: BarsOptions & { readonly json: boolean },
): Reporter {
  if (json) return jsonLinesReporter(io)
  return canRedraw(io.stdout, io.env) ? barsReporter(io, bars) : linesReporter(io)
}
