import { type Case, KIB, MIB } from './case.ts'
import {
  bareLoop,
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
import { STRAGGLER } from './server/settings.ts'

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
      rounds: 2,
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
      id: 'with-journal',
      what: 'with the journal and without',
      partSize: MIB,
      contestants: [ours, oursWithoutJournal],
    },
    {
      ...slow,
      id: 'latency',
      what: '200 ms a call for URLs, 100 ms a PUT',
      fileBytes: 1024 * MIB,
      rounds: 2,
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
