import { type Case, type CaseId, KIB, MIB } from './case.ts'
import { fullCases } from './full-cases.ts'
import type { Programs } from './programs.ts'
import { STRAGGLER } from './server/settings.ts'

/** The same cases, small enough for a look at whether all is well. */
export function shortCases(programs: Programs): readonly Case[] {
  return fullCases(programs)
    .filter(({ id }) => id !== 'large-file')
    .map((one) => ({
      ...one,
      ...(SHORT_SIZES[one.id] ?? { files: 1, fileBytes: 128 * MIB }),
      ...oftener(one),
    }))
}

const SHORT_SIZES: Partial<Record<CaseId, { readonly files: number; readonly fileBytes: number }>> =
  {
    'ten-files': { files: 10, fileBytes: 12 * MIB },
    'small-files': { files: 200, fileBytes: 64 * KIB },
    'many-parts': { files: 1, fileBytes: 10_000 },
  }

/** What befalls one PUT in so many would befall none of the few that there are. */
function oftener({ id, server }: Case): Partial<Case> {
  if (id === 'resets') {
    return { what: 'one PUT in 10 is reset', server: { ...server, resetEvery: 10 } }
  }
  if (id === 'stragglers') {
    const what = `50 ms a PUT, one in 10 takes ${STRAGGLER} times that`
    return { what, server: { ...server, straggleEvery: 10 } }
  }
  return {}
}
