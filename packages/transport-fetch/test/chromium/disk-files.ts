import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { listen } from './listen.ts'

/** A folder of files that a page can write and remove by PUT and DELETE, to choose them then. */
export interface DiskFiles {
  readonly origin: string
  pathOf(name: string): string
  close(): Promise<void>
}

export async function openDiskFiles(): Promise<DiskFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-files-'))
  const pathOf = (name: string): string => join(folder, name)
  let writes = 0

  async function write(path: string, bytes: Uint8Array): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
    // Two changes within one tick of the clock would look like none.
    const time = 1_700_000_000 + ++writes
    await utimes(path, time, time)
  }

  const server = await listen((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Methods', 'PUT, DELETE')
    const path = pathOf(decodeURIComponent((request.url ?? '/').slice(1)))
    const work = async (): Promise<void> => {
      if (request.method === 'PUT') await write(path, await buffer(request))
      if (request.method === 'DELETE') await rm(path, { force: true })
    }
    work().then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  return {
    origin: server.origin,
    pathOf,
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
