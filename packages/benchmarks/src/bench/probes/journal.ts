/** What the journal costs, told to the parent: `JournalFigures`. The argument is an empty folder. */
import { join } from 'node:path'
import { costOfParts } from '../../journal/part-cost.ts'
import { costOfQueue } from '../../journal/queue-cost.ts'
import type { JournalFigures } from './probes.ts'

const [, , place = ''] = process.argv
const cost = async (parts: number): Promise<number> => {
  const { writtenBytes } = await costOfParts(join(place, `${parts}`), {
    parts,
    partMs: 1,
    slots: 6,
  })
  return writtenBytes
}
const [fewParts, manyParts] = [1000, 10_000]
const figures: JournalFigures = {
  fewParts,
  bytesPerFewParts: await cost(fewParts),
  manyParts,
  bytesPerManyParts: await cost(manyParts),
  queue: await costOfQueue(join(place, 'queue'), 100_000),
}
process.send?.(figures, () => process.exit())
