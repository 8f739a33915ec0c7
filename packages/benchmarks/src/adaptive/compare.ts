import { adaptiveClient, type Client, fixedClient } from './clients.ts'
import { SITUATIONS, type Situation } from './situations.ts'
import { Stage, timeOf } from './stage.ts'

export const FIXED = [1, 2, 4, 8, 16] as const

export interface Result {
  readonly client: string
  readonly ms: number
  /** Of the fastest fixed client in the same situation. */
  readonly relative: number
  readonly refused: number
}

export interface Comparison {
  readonly situation: string
  readonly results: readonly Result[]
}

/** Everybody in every situation, with the luck of one seed. */
export async function compare(seed: number): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = []
  for (const situation of SITUATIONS) comparisons.push(await compareIn(situation, seed))
  return comparisons
}

async function compareIn(situation: Situation, seed: number): Promise<Comparison> {
  const run = async (client: string, work: Client): Promise<Omit<Result, 'relative'>> => {
    const stage = new Stage(situation, seed)
    const ms = await timeOf(stage.clock, work(stage))
    return { client, ms, refused: stage.refused }
  }
  const fixed: Omit<Result, 'relative'>[] = []
  for (const slots of FIXED) fixed.push(await run(`fixed ${slots}`, fixedClient(slots)))
  const adaptive = await run('adaptive', adaptiveClient(Math.max(...FIXED)))
  const best = Math.min(...fixed.map(({ ms }) => ms))
  const results = [...fixed, adaptive].map((result) => ({ ...result, relative: result.ms / best }))
  return { situation: situation.name, results }
}

/** The geometric mean over all situations, by client. */
export function summary(comparisons: readonly Comparison[]): ReadonlyMap<string, number> {
  const logs = new Map<string, number>()
  for (const { results } of comparisons) {
    for (const { client, relative } of results) {
      logs.set(client, (logs.get(client) ?? 0) + Math.log(relative))
    }
  }
  return new Map([...logs].map(([client, sum]) => [client, Math.exp(sum / comparisons.length)]))
}
