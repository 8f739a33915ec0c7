import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** A file on the disk that a user may choose, and that may change afterwards. */
export class DiskFile {
  readonly path: string
  #changes = 0

  constructor(path: string) {
    this.path = path
  }

  /** In a folder of its own, which goes when the tests of the file are over. */
  static async create(bytes: Uint8Array | string, name = 'video.mp4'): Promise<DiskFile> {
    const folder = await mkdtemp(join(tmpdir(), 'transport-fetch-'))
    folders.push(folder)
    const file = new DiskFile(join(folder, name))
    await writeFile(file.path, bytes)
    return file
  }

  /** The file as it is now: Node refuses to read it once its size or its time is another. */
  async choose(): Promise<File> {
    const { mtimeMs } = await stat(this.path)
    const lastModified = Math.floor(mtimeMs)
    const blob = await openAsBlob(this.path)
    return new File([blob], basename(this.path), { type: 'video/mp4', lastModified })
  }

  async change(bytes: Uint8Array | string): Promise<void> {
    const { mtimeMs } = await stat(this.path)
    await writeFile(this.path, bytes)
    // Two changes within one tick of the clock would look like none.
    this.#changes++
    await utimes(this.path, new Date(), new Date(mtimeMs + 1000 * this.#changes))
  }

  remove(): Promise<void> {
    return rm(this.path, { force: true })
  }
}

/** A handle on a file of the disk, as Chromium gives them, with a user who decides about it. */
export class DiskFileHandle {
  readonly kind = 'file'
  readonly name: string
  /** What the browser has of a permission. */
  permission: PermissionState = 'granted'
  /** What the user answers when asked. */
  answer: PermissionState = 'granted'
  /** How often the user was asked. */
  asked = 0
  readonly #file: DiskFile

  constructor(file: DiskFile) {
    this.#file = file
    this.name = basename(file.path)
  }

  async getFile(): Promise<File> {
    if (this.permission !== 'granted') throw new DOMException('Not now', 'NotAllowedError')
    return this.#file.choose().catch(() => {
      throw new DOMException('Gone', 'NotFoundError')
    })
  }

  async queryPermission(): Promise<PermissionState> {
    return this.permission
  }

  async requestPermission(): Promise<PermissionState> {
    this.asked++
    this.permission = this.answer
    return this.answer
  }

  /** As the transport takes it: what else a handle can do, it never asks for. */
  get asHandle(): FileSystemFileHandle {
    return this as unknown as FileSystemFileHandle
  }
}
