import type { Task } from './task.ts'

/** Something that does a task in a process of its own. */
export interface Contestant {
  readonly name: string
  /** What must be installed for it. */
  readonly needs: 'nothing' | 'npm peers' | 'curl' | 'aws' | 's5cmd' | 'rclone'
  readonly start: Script | Command
}

/** A file of `clients/`, which measures itself. */
export interface Script {
  readonly kind: 'script'
  readonly file: string
  readonly argument: string | undefined
}

/** A program that knows nothing of us, and is measured from outside. */
export interface Command {
  readonly kind: 'command'
  readonly commandLine: (task: Task) => CommandLine
}

export interface CommandLine {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

function script(
  name: string,
  needs: 'nothing' | 'npm peers',
  file: string,
  argument?: string,
): Contestant {
  return { name, needs, start: { kind: 'script', file, argument } }
}

export const ours: Contestant = script('s3-bg-uploader', 'nothing', 'ours.js')
export const oursWithoutJournal: Contestant = script(
  's3-bg-uploader, no journal',
  'nothing',
  'ours.js',
  'no-journal',
)
/** Nothing but its parts, without hash, plan and journal: what the transport costs. */
export const oursPutting: Contestant = script('s3-bg-uploader, PUTs only', 'nothing', 'putting.js')
export const libStorage: Contestant = script('lib-storage', 'npm peers', 'lib-storage.js')
export const libStorageUnchecked: Contestant = script(
  'lib-storage, no checksums',
  'npm peers',
  'lib-storage.js',
  'no-checksums',
)
export const minio: Contestant = script('minio', 'npm peers', 'minio.js')
export const tus: Contestant = script('tus-js-client', 'npm peers', 'tus.js')
export const oursHashing: Contestant = script('s3-bg-uploader', 'nothing', 'hashing.js', 'ours')
export const md5: Contestant = script('node:crypto, MD5', 'nothing', 'hashing.js', 'md5')
export const reading: Contestant = script('reading only', 'nothing', 'hashing.js', 'reading')
export const oursInMemory: Contestant = script('s3-bg-uploader', 'nothing', 'many-parts.js', 'ours')
export const bareLoop: Contestant = script('bare promises', 'nothing', 'many-parts.js', 'bare')
