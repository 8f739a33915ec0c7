import {
  bareLoop,
  type Contestant,
  curl,
  libStorage,
  libStorageUnchecked,
  md5,
  minio,
  ours,
  oursHashing,
  oursInMemory,
  oursWithoutJournal,
  reading,
  tus,
} from './contestants.ts'
import type { ServerSettings } from './server/settings.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** One comparison: the same work by everybody. */
export interface Case {
  readonly id: string
  /** What it is about, without the sizes. */
  readonly what: string
  readonly files: number
  /** Bytes of each. */
  readonly fileBytes: number
  readonly partSize: number
  readonly slots: number
  readonly server: Pick<
    ServerSettings,
    'secure' | 'urlsDelayMs' | 'putDelayMs' | 'resetEvery' | 'maxParallel'
  >
  /** Whether bytes go to the server. Otherwise `files` are only read, or not even that. */
  readonly sends: 'everything' | 'nothing'
  /** The first is what the others are compared with. */
  readonly contestants: readonly Contestant[]
}

const plain = { secure: false, urlsDelayMs: 0, putDelayMs: 0, resetEvery: 0, maxParallel: 0 }
const everything = { sends: 'everything', server: plain, slots: 4, partSize: 10 * MIB } as const

/** A case in words, for people. */
export function titleOf({ what, files, fileBytes, partSize, slots }: Case): string {
  const parts = Math.ceil(fileBytes / partSize)
  const cut = parts > 1 ? ` in ${parts.toLocaleString('en')} parts` : ''
  const count = files.toLocaleString('en')
  return `${count} × ${sizeOf(fileBytes)}${cut}, ${slots} at once: ${what}`
}

function sizeOf(bytes: number): string {
  if (bytes >= 1024 * MIB) return `${bytes / (1024 * MIB)} GiB`
  if (bytes >= MIB) return `${bytes / MIB} MiB`
  return `${(bytes / KIB).toFixed(0)} KiB`
}

/** @param aws the AWS CLI, if there is one. */
export function fullCases(aws: readonly Contestant[]): readonly Case[] {
  const large = { files: 1, fileBytes: 1024 * MIB }
  const slow = { ...everything, ...large, partSize: 5 * MIB }
  const peers = [libStorage, minio, tus, ...aws, curl]
  const retrying = [ours, libStorage, ...aws]
  return [
    {
      ...everything,
      ...large,
      id: 'http',
      what: 'over HTTP',
      contestants: [ours, libStorage, libStorageUnchecked, minio, tus, ...aws, curl],
    },
    {
      ...everything,
      ...large,
      id: 'https',
      what: 'over HTTPS',
      server: { ...plain, secure: true },
      contestants: [ours, libStorage, libStorageUnchecked, minio, ...aws, curl],
    },
    {
      ...everything,
      id: 'ten-files',
      what: 'some files',
      files: 10,
      fileBytes: 100 * MIB,
      contestants: [ours, ...peers],
    },
    {
      ...everything,
      id: 'small-files',
      what: 'small files',
      files: 2000,
      fileBytes: 64 * KIB,
      slots: 8,
      contestants: [ours, oursWithoutJournal, ...peers],
    },
    {
      ...everything,
      id: 'many-parts',
      what: 'in memory, nothing is sent: what the core costs',
      files: 1,
      fileBytes: 10_000,
      partSize: 1,
      slots: 8,
      sends: 'nothing',
      contestants: [oursInMemory, bareLoop],
    },
    {
      ...everything,
      ...large,
      id: 'hash',
      what: 'read and hashed, not sent',
      sends: 'nothing',
      contestants: [oursHashing, md5, reading],
    },
    {
      ...everything,
      ...large,
      id: 'journal',
      what: 'with the journal and without',
      partSize: MIB,
      contestants: [ours, oursWithoutJournal],
    },
    {
      ...slow,
      id: 'latency',
      what: '200 ms a call for URLs, 100 ms a PUT',
      slots: 8,
      server: { ...plain, urlsDelayMs: 200, putDelayMs: 100 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'resets',
      what: 'one PUT in 100 is reset',
      server: { ...plain, resetEvery: 100 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'slow-down',
      what: '20 ms a PUT, 503 above 4 at once',
      slots: 8,
      server: { ...plain, putDelayMs: 20, maxParallel: 4 },
      contestants: retrying,
    },
  ]
}

/** The same cases, small enough for a look at whether all is well. */
export function shortCases(): readonly Case[] {
  return fullCases([]).map((one) => ({
    ...one,
    ...(SHORT_SIZES[one.id] ?? { files: 1, fileBytes: 128 * MIB }),
    // There are fewer than 100 PUTs.
    ...(one.id === 'resets'
      ? { what: 'one PUT in 10 is reset', server: { ...one.server, resetEvery: 10 } }
      : {}),
  }))
}

const SHORT_SIZES: Readonly<
  Record<string, { readonly files: number; readonly fileBytes: number }>
> = {
  'ten-files': { files: 10, fileBytes: 12 * MIB },
  'small-files': { files: 200, fileBytes: 64 * KIB },
  'many-parts': { files: 1, fileBytes: 10_000 },
}
