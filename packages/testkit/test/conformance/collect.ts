import type { Runner } from '@s3-bg-uploader/testkit'

/** The cases of a suite, to be run one by one. */
export interface Collected {
  /** Every name in full: groups and case. */
  readonly names: readonly string[]
  readonly skipped: readonly string[]
  /** Runs the case with this name, or whose name ends so. Resolves with what it failed with, if it did. */
  fails(name: string): Promise<Error | undefined>
}

/** A test runner that only takes down what it is given. */
export function collect(register: (runner: Runner) => void, patienceMs = 1000): Collected {
  const cases = new Map<string, () => Promise<void>>()
  const skipped: string[] = []
  const groups: string[] = []
  const fullName = (name: string): string => [...groups, name].join(' > ')
  register({
    patienceMs,
    describe: (name, body) => {
      groups.push(name)
      body()
      groups.pop()
    },
    it: Object.assign(
      (name: string, body: () => Promise<void>) => {
        if (cases.has(fullName(name))) throw new Error(`Two cases are called ${fullName(name)}`)
        cases.set(fullName(name), body)
      },
      { skip: (name: string) => skipped.push(fullName(name)) },
    ),
  })
  return {
    names: [...cases.keys()],
    skipped,
    async fails(name) {
      const found = [...cases].filter(([full]) => full === name || full.endsWith(` > ${name}`))
      const [only] = found
      if (only === undefined || found.length > 1) {
        throw new Error(`${found.length} cases are called ${name}`)
      }
      const [, body] = only
      try {
        await body()
        return undefined
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error))
      }
    },
  }
}
