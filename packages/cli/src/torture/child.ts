import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** The program. */
export const BIN: string = fileURLToPath(new URL('../../bin/s3-bg-uploader.js', import.meta.url))

/** Whatever ends this process, nothing that it started outlives it. */
const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export interface ChildOptions {
  /** A module that the process loads before the program. */
  readonly preload?: URL | undefined
  /** The user that it runs as. Default: this one. */
  readonly uid?: number | undefined
}

export interface ChildEnd {
  /** Null where it was killed. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process of the program, from the build, as users run it. */
export class Child {
  readonly ended: Promise<ChildEnd>
  readonly #process: ChildProcessByStdio<null, Readable, Readable>
  readonly #output = { stdout: '', stderr: '' }

  constructor(argv: readonly string[], { preload, uid }: ChildOptions = {}) {
    const imports = preload === undefined ? [] : ['--import', preload.href]
    this.#process = spawn(process.execPath, [...imports, BIN, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
    })
    this.#process.stdout.on('data', (chunk) => {
      this.#output.stdout += chunk
    })
    this.#process.stderr.on('data', (chunk) => {
      this.#output.stderr += chunk
    })
    living.add(this.#process)
    this.#process.on('exit', () => living.delete(this.#process))
    this.ended = once(this.#process, 'close').then(([exitCode]) => ({ exitCode, ...this.#output }))
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** As the kernel does when memory runs out: nothing in the process hears of it. */
  async kill(): Promise<void> {
    if (this.running) this.#process.kill('SIGKILL')
    await this.ended
  }

  /** Resolves with what follows `pattern` in the output. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const [, found] = pattern.exec(this.#output.stdout) ?? []
      if (found !== undefined) return found
      const ended = await Promise.race([once(this.#process.stdout, 'data'), this.ended])
      if ('exitCode' in ended) throw new Error(`The process ended early: ${ended.stderr}`)
    }
  }
}
