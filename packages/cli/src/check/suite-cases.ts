import {
  type BackendConformance,
  backendConformance,
} from '@s3-bg-uploader/testkit/conformance/backend'

/** One case of the suite that every backend must pass. */
export interface SuiteCase {
  /** What it is about: `complete`. */
  readonly group: string
  /** Of the contract: `§2`. */
  readonly section: string
  readonly name: string
  /** Rejects where the backend does not do as the name says. Undefined: not asked for. */
  readonly run: (() => Promise<void>) | undefined
  /** The option of the suite without which there is nothing to run. */
  readonly needs: string | undefined
}

/** The cases of the suite in their order, for somebody else to run. */
export function suiteCases(
  options: Omit<BackendConformance, 'describe' | 'it'>,
): readonly SuiteCase[] {
  const cases: SuiteCase[] = []
  let group = ''
  const add = (title: string, run: SuiteCase['run'], needs?: string): void => {
    const [, section = '', name = title] = /^(§[\d.]+) (.*)$/s.exec(title) ?? []
    cases.push({ group, section, name, run, needs })
  }
  backendConformance({
    ...options,
    describe: (name, body) => {
      group = name
      body()
    },
    it: Object.assign((title: string, run: () => Promise<void>) => add(title, run), {
      skip: (title: string) => {
        const [, name = title, needs] = /^(.*) \[needs: (.*)\]$/s.exec(title) ?? []
        add(name, undefined, needs)
      },
    }),
  })
  return cases
}
