import { type BigIntStats, close, constants, fstat, open, read } from 'node:fs'
import { promisify } from 'node:util'
import { UploadError } from '@s3-bg-uploader/core'
import { fileError } from './file-error.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const statFile: (fd: number, options: { bigint: true }) => Promise<BigIntStats> = promisify(fstat)

/** Should a fifo take the place of the file, opening it must not wait for a writer. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** What of a file's stats is kept of each that is queued: the whole object takes 1 KB. */
type Facts = Pick<BigIntStats, 'dev' | 'ino' | 'mtimeNs' | 'ctimeNs'>

/**
 * A file that many parts read at once through one descriptor, which is open only while at least
 * one of them uses it. So a hundred thousand queued files hold none.
 */
export class FileHandle {
  readonly path: string
  readonly size: number
  readonly #first: Facts
  #fd = -1
  #users = 0
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /** @param stats of the file when it was opened: it must not differ later. */
  constructor(path: string, stats: BigIntStats) {
    this.path = path
    this.size = Number(stats.size)
    const { dev, ino, mtimeNs, ctimeNs } = stats
    this.#first = { dev, ino, mtimeNs, ctimeNs }
  }

  /**
   * Runs `work` while the descriptor is open. Of which file that is shows with `verify`.
   *
   * @throws UploadError when the file cannot be opened.
   */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#users++
    try {
      if (this.#fd === -1) {
        this.#opening ??= this.#open().finally(() => {
          this.#opening = undefined
        })
        await this.#opening
      }
      return await work()
    } finally {
      this.#users--
      // Not at once: who reads one range after the other would open the file for each.
      if (this.#users === 0) setImmediate(() => void this.closeIfIdle())
    }
  }

  /**
   * Fills `into` from a position of the file. Only inside `use`.
   *
   * @throws UploadError `source_changed` when the file ends before, `file_unreadable`.
   */
  async fill(into: Uint8Array, position: number): Promise<void> {
    this.#users++
    try {
      for (let filled = 0; filled < into.length; ) {
        const count = await this.#read(into, filled, position + filled)
        if (count === 0) {
          await this.verify()
          throw this.#changed('it became shorter')
        }
        filled += count
      }
    } finally {
      this.#users--
      if (this.#users === 0) setImmediate(() => void this.closeIfIdle())
    }
  }

  /**
   * Checks that the file is still the one that was opened. Whatever was read before is of that
   * file, as a change before the check shows in it. Only inside `use`.
   *
   * @throws UploadError `source_changed`, `file_unreadable`.
   */
  async verify(): Promise<void> {
    this.#compare(
      await statFile(this.#fd, { bigint: true }).catch((error) => {
        throw fileError(error, this.path)
      }),
    )
  }

  /** Closes the descriptor unless something uses it. */
  closeIfIdle(): Promise<void> {
    if (this.#users === 0 && this.#fd !== -1) {
      const fd = this.#fd
      this.#fd = -1
      // It was only read from: a failed close loses nothing.
      this.#closing = closeFile(fd).catch(() => {})
    }
    return this.#closing ?? Promise.resolve()
  }

  async #open(): Promise<void> {
    this.#fd = await openFile(this.path, OPEN_FLAGS).catch((error) => {
      throw fileError(error, this.path)
    })
  }

  #compare(stats: BigIntStats): void {
    if (!stats.isFile()) throw this.#changed('something else took its place')
    if (stats.size !== BigInt(this.size))
      throw this.#changed(`its size went from ${this.size} to ${stats.size} bytes`)
    if (stats.mtimeNs !== this.#first.mtimeNs)
      throw this.#changed('its time of modification is another')
    if (isAnother(stats, this.#first)) throw this.#changed('another file took its place')
  }

  #read(into: Uint8Array, offset: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, into, offset, into.length - offset, position, (error, count) => {
        if (!error) return resolve(count)
        // Such as a folder that took the place of the file.
        this.verify().then(() => reject(fileError(error, this.path)), reject)
      })
    })
  }

  #changed(how: string): UploadError {
    return new UploadError('source_changed', `${this.path} changed: ${how}`)
  }
}

/**
 * Whether a file of the same size and time stands where the first one stood. Neither sign alone
 * would do: memory cards and network drives number their files anew at will, and a change of
 * permissions sets the ctime. But no program can choose a ctime, so a replacement differs in both.
 */
function isAnother(now: Facts, first: Facts): boolean {
  const sameNumber = now.dev === first.dev && now.ino === first.ino
  return !sameNumber && now.ctimeNs !== first.ctimeNs
}
