/** What runs in the page: the same file by us, by Uppy and by bare XMLHttpRequests. */
import { barePuts, sameCalls } from './floors.ts'
import { ours } from './ours.ts'
import { type Phases, phasesBetween } from './phases.ts'
import type { Contender, Task } from './task.ts'
import { uppy } from './uppy.ts'

export type Name = 'ours' | 'uppy' | 'sameCalls' | 'barePuts'

const contenders: Readonly<Record<Name, Contender>> = { ours, uppy, sameCalls, barePuts }

/** Milliseconds, and where they went, for those that make the calls of the contract. */
export interface Lap {
  readonly took: number
  readonly phases: Phases | undefined
}

/** One upload, by one contender, of the file that was chosen on the page. */
export type Race = (name: Name, task: Task) => Promise<Lap>

const race: Race = async (name, task) => {
  const file = document.querySelector('input')?.files?.[0]
  if (file === undefined) throw new Error('No file was chosen')
  const took = await contenders[name](file, task)
  const endedAt = performance.now()
  return { took, phases: phasesBetween(endedAt - took, endedAt, task.slots) }
}
Object.assign(globalThis, { race })
