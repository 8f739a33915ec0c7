import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that runs. */
export interface Child {
  /** Resolves with the first match in what it wrote; rejects when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with what it wrote when it has ended; rejects when it failed. */
  readonly done: Promise<string>
  /** Ends it, and waits for that. */
  stop(): Promise<void>
}

/** Starts a program of Node. */
export function startNode(args: readonly string[], cwd: string): Child {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const listener of listeners) listener()
    })
  }
  const closed = once(child, 'close')
  const ended = new Promise<never>((_, reject) => {
    closed.then(() => reject(new Error(`${args.join(' ')} ended:\n${text}`)), reject)
  })
  const done = closed.then(([code, signal]) => {
    if (code === 0) return text
    throw new Error(`${args.join(' ')} ended with ${code ?? signal}:\n${text}`)
  })
  for (const promise of [ended, done]) promise.catch(() => {})
  return {
    done,
    says: (pattern) =>
      Promise.race([
        ended,
        new Promise<RegExpExecArray>((resolve) => {
          const look = (): void => {
            const match = pattern.exec(text)
            if (match === null) return
            listeners.delete(look)
            resolve(match)
          }
          listeners.add(look)
          look()
        }),
      ]),
    async stop() {
      child.kill()
      await closed
    },
  }
}
