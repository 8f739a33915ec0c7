import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** Why there can be no volume on this machine. */
export function volumeObstacle(): string | undefined {
  if (process.platform === 'linux' && process.getuid?.() === 0) return undefined
  return 'to mount a small file system takes Linux and root'
}

/** A small file system in memory, which can be full or read-only. */
export class Volume {
  readonly path: string

  /** @param path of a folder, which is made. */
  constructor(path: string, bytes: number) {
    this.path = path
    mkdirSync(path)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
  }

  /** Leaves no byte free. */
  async fill(): Promise<void> {
    const file = await open(this.#filler, 'w')
    try {
      // A whole page at a time; what it cannot take any more, it refuses.
      for (const page = Buffer.alloc(4096); ; ) await file.write(page)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await file.close()
    }
  }

  /** Frees what `fill` took. */
  free(): void {
    rmSync(this.#filler)
  }

  setReadOnly(readOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.path])
  }

  unmount(): void {
    execFileSync('umount', [this.path])
  }

  get #filler(): string {
    return join(this.path, 'filler')
  }
}
