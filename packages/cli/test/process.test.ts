import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BIN, start } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A backend of which the test says what happens to the parts. */
async function backend(putPart: (request: IncomingMessage, response: ServerResponse) => void) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    const [, name = ''] = (request.url ?? '').split('/')
    calls.push(name)
    if (name === 'part') return putPart(request, response)
    request.resume()
    const part = `http://127.0.0.1:${port}/part/1?X-Amz-Signature=SECRET`
    const answers: Record<string, object> = {
      start: { key: 'k', uploadId: 'u', partSize: 1024 },
      urls: { urls: { 1: part } },
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[name] ?? {}))
  })
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const options = ['start', 'urls', 'complete', 'abort'].flatMap((name) => [
    `--${name}`,
    `http://127.0.0.1:${port}/${name}`,
  ])
  return { calls, options }
}

function takePart(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  request.on('end', () => response.setHeader('etag', '"e"').end())
}

async function smallFile(): Promise<string> {
  const path = join(await temporaryFolder(), 'small.bin')
  await writeFile(path, 'small')
  return path
}

test('an upload exits with 0', async () => {
  const { calls, options } = await backend(takePart)
  const { ended } = start(['upload', await smallFile(), ...options])
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
  expect(calls).toEqual(['start', 'urls', 'part', 'complete'])
})

test('a refused part exits with 1, and no secret is printed', async () => {
  const { options } = await backend((request, response) => {
    request.resume()
    response.writeHead(400).end('X-Amz-Signature=SECRET')
  })
  const header = ['--header', 'authorization: SECRET']
  const { ended } = start(['upload', await smallFile(), ...options, ...header])
  const { exitCode, stdout, stderr } = await ended
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^error: .*\[storage_rejected, part 1, status 400\]\nhint: /)
  expect(stdout + stderr).not.toContain('SECRET')
})

test('wrong usage exits with 2', async () => {
  const { ended } = start(['upload'])
  expect(await ended).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/^error: no files are given\nhint: /),
  })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s aborts what is under way and exits with %i', async (signal, exitCode) => {
  const { calls, options } = await backend(() => {
    child.kill(signal)
  })
  const { child, ended } = start(['upload', await smallFile(), ...options])
  const { stdout, ...end } = await ended
  expect(end).toMatchObject({ exitCode, signal: null, stderr: '' })
  expect(stdout).toMatch(/unfinished .*small\.bin/)
  expect(stdout).toContain('interrupted: 0 files completed, 1 not finished')
  expect(calls).toEqual(['start', 'urls', 'part', 'abort'])
})

test('a reader that goes away does not stop the uploads', async () => {
  const { calls, options } = await backend(takePart)
  const { child, ended } = start(['upload', await smallFile(), ...options, '--json'])
  child.stdout.destroy()
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
  expect(calls).toContain('complete')
})

test('without a build the program says what to do', async () => {
  const dir = await temporaryFolder()
  const bin = join(dir, 'bin', 's3-bg-uploader.mjs')
  await mkdir(join(dir, 'bin'))
  await copyFile(BIN, bin)
  const { ended } = start([], bin)
  expect(await ended).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('npm run build'),
  })
})

test('serve --storage s3 says what to install where the SDK is missing', async () => {
  const hook =
    "export const resolve = (name, context, next) => next(name.startsWith('@aws-sdk/') ? '@aws-sdk/missing' : name, context)"
  const preload = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))})`
  const argv = ['serve', '--storage', 's3', '--bucket', 'b']
  const { ended } = start(argv, BIN, ['--import', dataUrl(preload)])
  expect(await ended).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: .*AWS SDK.*\nhint: .*npm install @aws-sdk\/client-s3/),
  })
})

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}
