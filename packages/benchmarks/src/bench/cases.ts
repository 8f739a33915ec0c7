import {
  bareLoop,
  type Contestant,
  libStorage,
  libStorageUnchecked,
  md5,
  minio,
  ours,
  oursHashing,
  oursInMemory,
  oursPutting,
  oursWithoutJournal,
  reading,
  tus,
} from './contestants.ts'
import type { Programs } from './programs.ts'
import { type ServerSettings, STRAGGLER } from './server/settings.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** One comparison: the same work by everybody. */
export interface Case {
  readonly id: CaseId
  /** What it is about, without the sizes. */
  readonly what: string
  readonly files: number
  /** Bytes of each. */
  readonly fileBytes: number
  readonly partSize: number
  readonly slots: number
  readonly server: Omit<ServerSettings, 'partSize' | 'peers'>
  /** Whether bytes go to the server. Otherwise `files` are only read, or not even that. */
  readonly sends: 'everything' | 'nothing'
  /** Fewer rounds than the others have, where nobody is compared or all that passes is waiting. */
  readonly rounds?: number
  /** The first is what the others are compared with. */
  readonly contestants: readonly Contestant[]
}

export type CaseId =
  | 'http'
  | 'https'
  | 'ten-files'
  | 'small-files'
  | 'many-parts'
  | 'hash'
  | 'journal'
  | 'large-file'
  | 'latency'
  | 'near'
  | 'far'
  | 'stragglers'
  | 'resets'
  | 'slow-down'

const plain: Case['server'] = {
  secure: false,
  urlsDelayMs: 0,
  putDelayMs: 0,
  straggleEvery: 0,
  rttMs: 0,
  resetEvery: 0,
  maxParallel: 0,
}
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

export function fullCases({ curl, aws, s5cmd, rclone }: Programs): readonly Case[] {
  const large = { files: 1, fileBytes: 1024 * MIB }
  const slow = { ...everything, files: 1, fileBytes: 512 * MIB, partSize: 5 * MIB, slots: 8 }
  const clouds = [aws, s5cmd, rclone]
  const retrying = [ours, libStorage, ...clouds]
  return [
    {
      ...everything,
      ...large,
      id: 'http',
      what: 'over HTTP',
      contestants: [
        ...[ours, oursPutting, libStorage, libStorageUnchecked],
        ...[minio, tus, ...clouds, curl],
      ],
    },
    {
      ...everything,
      ...large,
      id: 'https',
      what: 'over HTTPS',
      server: { ...plain, secure: true },
      contestants: [ours, libStorage, ...clouds, curl],
    },
    {
      ...everything,
      id: 'ten-files',
      what: 'some files',
      files: 10,
      fileBytes: 100 * MIB,
      contestants: [ours, libStorage, tus, ...clouds, curl],
    },
    {
      ...everything,
      id: 'small-files',
      what: 'small files',
      files: 2000,
      fileBytes: 64 * KIB,
      slots: 8,
      contestants: [ours, oursWithoutJournal, libStorage, minio, tus, ...clouds, curl],
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
      server: { ...plain, urlsDelayMs: 200, putDelayMs: 100 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'near',
      what: '20 ms there and back',
      server: { ...plain, rttMs: 20 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'far',
      what: '300 ms there and back',
      fileBytes: 256 * MIB,
      rounds: 2,
      server: { ...plain, rttMs: 300 },
      contestants: retrying,
    },
    {
      // The hundredth of 103 is one: nobody has much left to do meanwhile.
      ...slow,
      id: 'stragglers',
      what: `50 ms a PUT, one in 50 takes ${STRAGGLER} times that`,
      rounds: 2,
      server: { ...plain, putDelayMs: 50, straggleEvery: 50 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'resets',
      what: 'one PUT in 100 is reset',
      slots: 4,
      server: { ...plain, resetEvery: 100 },
      contestants: retrying,
    },
    {
      ...slow,
      id: 'slow-down',
      what: '20 ms a PUT, 503 above 4 at once',
      server: { ...plain, putDelayMs: 20, maxParallel: 4 },
      contestants: retrying,
    },
    {
      // The last one: the disk goes on writing the file.
      ...everything,
      id: 'large-file',
      what: 'memory does not grow with the file',
      files: 1,
      fileBytes: 4096 * MIB,
      rounds: 1,
      contestants: [ours],
    },
  ]
}

/** The same cases, small enough for a look at whether all is well. */
export function shortCases(programs: Programs): readonly Case[] {
  return fullCases(programs)
    .filter(({ id }) => id !== 'large-file')
    .map((one) => ({
      ...one,
      ...(SHORT_SIZES[one.id] ?? { files: 1, fileBytes: 128 * MIB }),
      ...oftener(one),
    }))
}

const SHORT_SIZES: Partial<Record<CaseId, { readonly files: number; readonly fileBytes: number }>> =
  {
    'ten-files': { files: 10, fileBytes: 12 * MIB },
    'small-files': { files: 200, fileBytes: 64 * KIB },
    'many-parts': { files: 1, fileBytes: 10_000 },
  }

/** What befalls one PUT in so many would befall none of the few that there are. */
function oftener({ id, server }: Case): Partial<Case> {
  if (id === 'resets') {
    return { what: 'one PUT in 10 is reset', server: { ...server, resetEvery: 10 } }
  }
  if (id === 'stragglers') {
    const what = `50 ms a PUT, one in 10 takes ${STRAGGLER} times that`
    return { what, server: { ...server, straggleEvery: 10 } }
  }
  return {}
}
