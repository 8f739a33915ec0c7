import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { type Style, styleOf } from '../terminal.ts'
import type { CheckRequest } from './check-request.ts'
import type { Fault } from './fault.ts'
import { redactor } from './redact.ts'
import { faultsOf, type GroupResult } from './result.ts'

const WIDTH = 14

/** The option without which cases of the suite are not run, by what the suite calls it. */
const OPTIONS: Readonly<Record<string, string>> = {
  listPartsApi: '--list-parts',
  abortApi: '--abort',
  otherHeaders: '--other-header',
  corsOrigin: '--origin',
  authenticates: '--header',
}

/** Tells how a check goes, and at the end how it went. */
export class CheckReport {
  readonly #io: Io
  readonly #style: Style
  readonly #redact: (text: string) => string
  readonly #told = new Set<string>()
  #passed = 0

  constructor({ endpoints, headers, otherHeaders = {} }: CheckRequest, io: Io) {
    this.#io = io
    this.#style = styleOf(io.stdout, io.env)
    this.#redact = redactor([headers, otherHeaders])
    const { origin, pathname } = new URL(endpoints.startUploadApi)
    this.#line(`Checking ${printable(origin + pathname)} and what belongs to it, with real uploads`)
    this.#line('')
  }

  /** How many faults were found. */
  get faults(): number {
    return this.#told.size
  }

  /** @param usable Whether it went so far that the other checks can run. */
  firstUpload(faults: readonly Fault[], usable: boolean): void {
    this.#verdict(faults.length === 0, 'small upload', faults.length === 0 ? 'arrived' : '')
    this.#tell(faults)
    if (!usable) this.#line('\nAll other checks need this to work, and were not run.')
  }

  group({ group, passed, failed, missing }: GroupResult): void {
    this.#passed += passed
    const { dim, symbols } = this.#style
    const without = missing.map((name) => OPTIONS[name] ?? name).join(' and ')
    const rest =
      without === ''
        ? ''
        : `${passed + failed.length > 0 ? ', the rest ' : ''}not checked without ${without}`
    if (passed + failed.length === 0) {
      this.#line(dim(`${symbols.cancelled} ${group.padEnd(WIDTH)}${rest}`))
      return
    }
    const count =
      failed.length === 0
        ? `${passed} checks passed`
        : `${failed.length} of ${passed + failed.length} checks failed`
    this.#verdict(failed.length === 0, group, count + dim(rest))
    this.#tell(faultsOf(failed))
  }

  end(end: {
    readonly interrupted: boolean
    /** Objects that were made. */
    readonly stored: number
    /** Uploads that are neither objects nor aborted. */
    readonly left: number
  }): void {
    const { good, bad } = this.#style
    this.#line('')
    if (end.interrupted) this.#line('interrupted')
    else if (this.faults > 0)
      this.#line(bad(`${this.faults} ${this.faults === 1 ? 'fault' : 'faults'} found`))
    else this.#line(good(`No fault found, ${this.#passed} checks passed`))
    if (end.stored > 0) {
      const objects =
        end.stored === 1 ? 'is now 1 test object' : `are now ${end.stored} test objects`
      this.#line(`In the storage ${objects}.`)
    }
    if (end.left > 0) {
      const uploads = `${end.left} unfinished ${end.left === 1 ? 'upload stays' : 'uploads stay'} there`
      this.#line(`${uploads}: --abort takes them away, and so does a lifecycle rule of the bucket.`)
    }
  }

  #verdict(isGood: boolean, what: string, how: string): void {
    const { good, bad, symbols } = this.#style
    const mark = isGood ? good(symbols.completed) : bad(symbols.failed)
    this.#line(`${mark} ${what.padEnd(WIDTH)}${how}`.trimEnd())
  }

  #tell(faults: readonly Fault[]): void {
    const { dim } = this.#style
    for (const { section, text, fix, seen } of faults) {
      if (this.#told.has(text)) {
        this.#paragraph('    ', `As above: ${printable(text)}`)
        continue
      }
      this.#told.add(text)
      this.#paragraph('    ', `${printable(text)} (contract ${section})`)
      if (fix !== undefined) this.#paragraph('      fix:  ', fix)
      if (seen !== undefined) this.#paragraph('      seen: ', this.#redact(seen), dim)
    }
  }

  /** On a terminal, broken between words and not where the line ends. */
  #paragraph(lead: string, text: string, style: (line: string) => string = (line) => line): void {
    const { isTTY, columns = Number.POSITIVE_INFINITY } = this.#io.stdout
    const width = isTTY ? columns : Number.POSITIVE_INFINITY
    let line = lead
    for (const word of text.split(' ')) {
      if (line.length > lead.length && line.length + word.length > width) {
        this.#line(style(line.trimEnd()))
        line = ' '.repeat(lead.length)
      }
      line += `${word} `
    }
    this.#line(style(line.trimEnd()))
  }

  #line(text: string): void {
    this.#io.stdout.write(`${text}\n`)
  }
}
