import type { Runner } from '@s3-bg-uploader/testkit'

/** One case of a conformance suite. */
export interface Case {
  /** In full: groups and case. */
  readonly name: string
  readonly skipped: boolean
}

/** The cases of a suite, to be run one by one from outside the page. */
export interface CaseList {
  readonly cases: readonly Case[]
  /** Resolves with what the case failed with, in words, or with undefined. */
  run(name: string): Promise<string | undefined>
}

declare global {
  /** What the pages that hold a suite offer to the test outside. */
  var caseList: CaseList
}

/** Takes down what a suite registers, without running it. */
export function listCases(register: (runner: Runner) => void): CaseList {
  const bodies = new Map<string, () => Promise<void>>()
  const cases: Case[] = []
  const groups: string[] = []
  const add = (name: string, body: () => Promise<void>, skipped: boolean): void => {
    const full = [...groups, name].join(' > ')
    if (bodies.has(full)) throw new Error(`Two cases are called ${full}`)
    bodies.set(full, body)
    cases.push({ name: full, skipped })
  }
  register({
    describe(name, body) {
      groups.push(name)
      body()
      groups.pop()
    },
    it: Object.assign((name: string, body: () => Promise<void>) => add(name, body, false), {
      skip: (name: string, body: () => Promise<void>) => add(name, body, true),
    }),
  })
  return {
    cases,
    async run(name) {
      const body = bodies.get(name)
      if (body === undefined) return `There is no case ${name}`
      try {
        await body()
        return undefined
      } catch (error) {
        return error instanceof Error ? (error.stack ?? error.message) : String(error)
      }
    },
  }
}
