import type { Budget } from './budget.ts'
import {
  cpuPerGigabyte,
  gigabytesOf,
  peakMegabytes,
  peersCpu,
  timesTheTimeOfOurs,
  words,
} from './budget-measures.ts'
import { bareLoop, libStorage, oursPutting, reading } from './contestants.ts'
import { medianOf, outcomeOf, ratio } from './outcome.ts'

export const BUDGETS: readonly Budget[] = [
  {
    id: 'put-cpu',
    what: 'PUT path on Node, CPU-s per GB, without the start of Node',
    bound: 'at most',
    limit: 0.6,
    digits: 2,
    machine: 'cost',
    measure: (run) =>
      medianOf(outcomeOf(run, 'http', oursPutting.name), 'workCpuSeconds') /
      gigabytesOf(run, 'http'),
    beside: (run) => [
      ...words(['with it', cpuPerGigabyte(run, 'http', oursPutting.name), 2]),
      ...peersCpu(run, oursPutting.name),
    ],
  },
  {
    id: 'put-times',
    what: 'PUT path on Node, × the throughput of lib-storage',
    bound: 'at least',
    limit: 5,
    digits: 2,
    machine: 'none',
    measure: (run) =>
      ratio(
        outcomeOf(run, 'http', oursPutting.name),
        outcomeOf(run, 'http', libStorage.name),
        'wallMs',
      ),
    beside: (run) =>
      words(['× a whole upload', timesTheTimeOfOurs(run, 'http', oursPutting.name), 2]),
  },
  {
    id: 'upload-cpu',
    what: 'whole upload on Node, CPU-s per GB',
    bound: 'at most',
    limit: 1,
    digits: 2,
    machine: 'cost',
    measure: (run) => cpuPerGigabyte(run, 'http'),
    beside: (run) => peersCpu(run),
  },
  {
    id: 'https-times',
    what: 'whole upload on Node over HTTPS, × the throughput of lib-storage',
    bound: 'at least',
    limit: 3,
    digits: 2,
    machine: 'none',
    measure: (run) => timesTheTimeOfOurs(run, 'https', libStorage.name),
    beside: (run) => words(['over HTTP', timesTheTimeOfOurs(run, 'http', libStorage.name), 2]),
  },
  {
    id: 'memory',
    what: 'resident memory on Node, any file size, MB',
    bound: 'at most',
    limit: 120,
    digits: 0,
    machine: 'none',
    measure: (run) => {
      const peaks = [peakMegabytes(run, 'http'), peakMegabytes(run, 'large-file')]
      return Math.max(...peaks)
    },
    beside: (run) =>
      words(
        ['1 GiB', peakMegabytes(run, 'http'), 0],
        ['4 GiB', peakMegabytes(run, 'large-file'), 0],
        ['2,000 files at once', peakMegabytes(run, 'small-files'), 0],
      ),
  },
  {
    id: 'hash-speed',
    what: 'reading and hashing on Node, GB/s',
    bound: 'at least',
    limit: 2.5,
    digits: 2,
    machine: 'speed',
    measure: (run) =>
      gigabytesOf(run, 'hash') / (medianOf(outcomeOf(run, 'hash'), 'wallMs') / 1000),
    beside: (run) => {
      const seconds = medianOf(outcomeOf(run, 'hash', reading.name), 'wallMs') / 1000
      return words(['reading only', gigabytesOf(run, 'hash') / seconds, 2])
    },
  },
  {
    id: 'core-cpu',
    what: 'core of an upload in 10,000 parts, CPU-s, without the start of Node',
    bound: 'at most',
    limit: 0.5,
    digits: 2,
    machine: 'cost',
    measure: (run) => medianOf(outcomeOf(run, 'many-parts'), 'workCpuSeconds'),
    beside: (run) =>
      words(
        ['with it', medianOf(outcomeOf(run, 'many-parts'), 'cpuSeconds'), 2],
        [
          'bare promises',
          medianOf(outcomeOf(run, 'many-parts', bareLoop.name), 'workCpuSeconds'),
          2,
        ],
      ),
  },
  {
    id: 'journal-bytes',
    what: 'journal, bytes written per confirmed part',
    bound: 'at most',
    limit: 200,
    digits: 0,
    machine: 'none',
    measure: ({ probes }) => probes.journal?.bytesPerManyParts ?? Number.NaN,
    beside: ({ probes: { journal } }) =>
      journal === undefined
        ? []
        : words([`of ${journal.fewParts.toLocaleString('en')} parts`, journal.bytesPerFewParts, 0]),
  },
  {
    id: 'queue-memory',
    what: '100,000 queued uploads, bytes of memory each',
    bound: 'at most',
    limit: 1000,
    digits: 0,
    machine: 'none',
    measure: ({ probes }) => probes.journal?.queue.bytesEach ?? Number.NaN,
    beside: () => [],
  },
  {
    id: 'queue-cpu',
    what: '100,000 queued uploads, CPU-s to restore them',
    bound: 'at most',
    limit: 3,
    digits: 2,
    machine: 'cost',
    measure: ({ probes }) => probes.journal?.queue.restoreCpuSeconds ?? Number.NaN,
    beside: ({ probes }) =>
      words(['seconds', probes.journal?.queue.restoreSeconds ?? Number.NaN, 2]),
  },
  {
    id: 'chromium-uppy',
    what: 'Chromium, × the throughput of Uppy',
    bound: 'at least',
    limit: 4,
    digits: 2,
    machine: 'none',
    measure: ({ probes: { chromium } }) =>
      (chromium?.uppy ?? Number.NaN) / (chromium?.ours ?? Number.NaN),
    beside: ({ probes: { chromium } }) =>
      words(
        ['seconds: ours', chromium?.ours ?? Number.NaN, 2],
        ['Uppy', chromium?.uppy ?? Number.NaN, 2],
      ),
  },
  {
    id: 'chromium-xhrs',
    what: 'Chromium, × the time of six bare XHRs',
    bound: 'at most',
    limit: 1.15,
    digits: 2,
    machine: 'none',
    measure: ({ probes: { chromium } }) =>
      (chromium?.ours ?? Number.NaN) / (chromium?.barePuts ?? Number.NaN),
    beside: ({ probes: { chromium } }) => {
      const times = (chromium?.ours ?? Number.NaN) / (chromium?.sameCalls ?? Number.NaN)
      return words(['× six that also hash and make the calls', times, 2])
    },
  },
  {
    id: 'slots-busy',
    what: 'URLs 200 ms, PUT 100 ms, 8 slots: % busy after the first PUT',
    bound: 'at least',
    limit: 95,
    digits: 1,
    machine: 'none',
    measure: (run) => medianOf(outcomeOf(run, 'latency'), 'busy') * 100,
    beside: (run) =>
      words(['lib-storage', medianOf(outcomeOf(run, 'latency', libStorage.name), 'busy') * 100, 0]),
  },
  {
    id: 'bundle',
    what: 'core + transport-fetch with their dependencies, minified and gzipped, kB',
    bound: 'at most',
    limit: 16,
    digits: 1,
    machine: 'none',
    measure: ({ probes }) => (probes.bundle?.ours ?? Number.NaN) / 1000,
    beside: ({ probes: { bundle } }) =>
      words(
        ['what a page loads first', (bundle?.firstLoad ?? Number.NaN) / 1000, 1],
        ['tus', (bundle?.tus ?? Number.NaN) / 1000, 1],
        ['Uppy', (bundle?.uppy ?? Number.NaN) / 1000, 1],
        ['lib-storage', (bundle?.libStorage ?? Number.NaN) / 1000, 1],
      ),
  },
]
