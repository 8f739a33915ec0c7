import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type {
  ExpoDirectory,
  ExpoFile,
  ExpoFileHandle,
  ExpoFileInfo,
  ExpoFileSystem,
  ExpoUploadOptions,
} from '../../src/expo/file-system.ts'
import { FakeUploadTask } from './fake-upload-task.ts'

/**
 * What is modelled of expo-file-system 58.0.2 (File.ts, FileSystemFile.kt, FileSystemFile.swift), on
 * the files of this machine: paths are `file://` URIs; `info` tells what is there now, whole
 * milliseconds, and throws where there is a folder; `create` throws where there is a file; a handle
 * reads from its offset up to the end of the file, each call on another thread, and is of no use once
 * closed; only whole files are uploaded.
 */
export class FakeFileSystem implements ExpoFileSystem {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'fake-expo-'))
  readonly FileMode = { ReadOnly: 'r', WriteOnly: 'w' } as const
  readonly Paths = { document: this.#place('Documents'), cache: this.#place('Caches') } as const
  readonly File: ExpoFileSystem['File'] = FakeFile
  readonly Directory: ExpoFileSystem['Directory'] = FakeDirectory

  #place(name: string): { readonly uri: string } {
    mkdirSync(join(this.folder, name))
    return { uri: `${pathToFileURL(join(this.folder, name))}/` }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

class FakeFile implements ExpoFile {
  readonly uri: string

  constructor(uri: string) {
    this.uri = uri
  }

  get name(): string {
    return decodeURIComponent(new URL(this.uri).pathname.split('/').at(-1) ?? '')
  }

  get exists(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.isFile() ?? false
  }

  info(): ExpoFileInfo {
    const stat = statSync(this.#path, { throwIfNoEntry: false })
    if (stat?.isDirectory()) throw new Error('A folder with the same name already exists')
    if (stat === undefined) return { exists: false }
    return { exists: true, size: stat.size, modificationTime: Math.trunc(stat.mtimeMs) }
  }

  create({ intermediates }: { readonly intermediates: boolean }): void {
    if (intermediates) mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(this.#path, '', { flag: 'wx' })
  }

  delete(): void {
    rmSync(this.#path)
  }

  open(mode: unknown): ExpoFileHandle {
    return new FakeHandle(openSync(this.#path, mode === 'r' ? 'r' : 'r+'), mode === 'r')
  }

  createUploadTask(url: string, options: ExpoUploadOptions): FakeUploadTask {
    return new FakeUploadTask(this.#path, url, options)
  }

  get #path(): string {
    return fileURLToPath(this.uri)
  }
}

class FakeDirectory implements ExpoDirectory {
  readonly #path: string

  constructor(uri: string) {
    this.#path = fileURLToPath(uri)
  }

  get exists(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.isDirectory() ?? false
  }

  delete(): void {
    if (!existsSync(this.#path)) throw new Error('The folder does not exist')
    rmSync(this.#path, { recursive: true })
  }
}

class FakeHandle implements ExpoFileHandle {
  offset: number | null = 0
  readonly #descriptor: number
  readonly #readOnly: boolean
  #open = true

  constructor(descriptor: number, readOnly: boolean) {
    this.#descriptor = descriptor
    this.#readOnly = readOnly
  }

  async readBytes(length: number): Promise<Uint8Array> {
    await new Promise(setImmediate)
    if (!this.#open) throw new Error('file handle is closed')
    if (!this.#readOnly) throw new Error('Cannot read. File opened in write-only mode.')
    const offset = this.offset ?? 0
    const available = Math.max(0, fstatSync(this.#descriptor).size - offset)
    const bytes = new Uint8Array(Math.min(length, available))
    const read = readSync(this.#descriptor, bytes, 0, bytes.length, offset)
    this.offset = offset + read
    return bytes.subarray(0, read)
  }

  async writeBytes(bytes: Uint8Array): Promise<void> {
    await new Promise(setImmediate)
    if (!this.#open) throw new Error('file handle is closed')
    if (this.#readOnly) throw new Error('Cannot write. File opened in read-only mode.')
    const offset = this.offset ?? 0
    if (offset === 0) ftruncateSync(this.#descriptor, 0)
    this.offset = offset + writeSync(this.#descriptor, bytes, 0, bytes.length, offset)
  }

  close(): void {
    if (this.#open) closeSync(this.#descriptor)
    this.#open = false
  }
}
