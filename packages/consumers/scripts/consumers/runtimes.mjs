import { expectUpload } from '../backend-of.mjs'
import { run } from '../run.mjs'
import { webApp } from './web-app.mjs'

const RUNTIMES = [
  ['Deno', ['deno@2.9.6', 'run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-read']],
  ['Bun', ['bun@1.4.5', 'run']],
]

export const runtimes = RUNTIMES.map(([name, [version, ...command]]) => ({
  name,
  prepare: webApp,
  async check(folder) {
    await expectUpload(folder, async (origin, file) => {
      const program = ['program.js', `${origin}/uploads`, file.name, String(file.size)]
      const { stdout } = await run('npx', ['--yes', version, ...command, ...program], folder)
      if (stdout.trim() !== 'completed') throw new Error(`The program wrote:\n${stdout}`)
    })
    return `${version}: an upload with fetchTransport`
  },
}))
