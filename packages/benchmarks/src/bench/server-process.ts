import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ServerSettings, Traffic } from './server/settings.ts'

/** The server of one case, in a process of its own. */
export class ServerProcess {
  readonly origin: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child
    this.origin = origin
  }

  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL('server/main.js', import.meta.url)), [
      JSON.stringify(settings),
    ])
    const port = await answer(child)
    return new ServerProcess(child, `${settings.secure ? 'https' : 'http'}://127.0.0.1:${port}`)
  }

  /** What arrived since it was last asked. */
  async traffic(): Promise<Traffic> {
    this.#child.send('traffic')
    return (await answer(this.#child)) as Traffic
  }

  stop(): void {
    this.#child.disconnect()
  }
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController()
  const { signal } = ending
  try {
    const died = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The server ended with ${code}`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal }), died])
    return message
  } finally {
    ending.abort()
  }
}
