import { expect, test } from 'vitest'
import { between } from '../src/bench/readme.ts'
import { toSummary } from '../src/bench/summary.ts'
import { toMarkdown } from '../src/bench/table.ts'
import { caseOf, lapOf, runOf } from './run-of.ts'

const http = caseOf('http', {
  's3-bg-uploader': [[1, 1.2]],
  'lib-storage': [[3.5, 4.2]],
  minio: 'minio ended with 1:\nno bucket',
})

test('a row a contestant: what it took, and how many times ours', () => {
  const table = toMarkdown(runOf([http]))
  expect(table).toContain('| s3-bg-uploader | 1.00 | 1.20 | 1.20 | 80 | 1.00 | 1.00 |')
  expect(table).toContain('| lib-storage | 3.50 | 4.20 | 4.20 | 80 | 3.50 | 3.50 |')
})

test('whoever failed is there, with what it said', () => {
  const table = toMarkdown(runOf([http]))
  expect(table).toContain('| minio | – | – | – | – | – | – |')
  expect(table).toContain('- minio ended with 1: no bucket')
})

test('columns without a figure are left out, others come with their figures', () => {
  expect(toMarkdown(runOf([http]))).not.toMatch(/slots busy|allocated|refused/)
  const heap = { allocatedBytes: 12.3e6, collections: 4, pausedMs: 5.6 }
  const laps = [{ ...lapOf(1, 1), refused: 7, heap }]
  const outcomes = [{ name: 's3-bg-uploader', laps, failure: undefined }]
  const table = toMarkdown(runOf([caseOf('many-parts', {}, { slow: true, outcomes })]))
  expect(table).toContain(
    '| seconds | CPU-s | CPU-s per GB | peak MB | slots busy, % | refused | MB allocated | collections | ms in them |',
  )
  expect(table).toContain('| 50 | 7 | 12.3 | 4 | 5.6 |')
})

test('numbers of slots are compared with the best fixed one', () => {
  const results = [
    { client: 'fixed 1', ms: 10, relative: 1, refused: 0 },
    { client: 'adaptive', ms: 40, relative: 4, refused: 3 },
  ]
  const adaptive = [
    { situation: 'near', results },
    { situation: 'far', results: results.map((one) => ({ ...one, relative: 1 })) },
  ]
  const table = toMarkdown(runOf([], { probes: { adaptive } }))
  expect(table).toContain('| near | 1.00 | 4.00 (3 × 503) |')
  expect(table).toContain('| geometric mean | 1.00 | 2.00 |')
})

test('what is left out is said', () => {
  expect(toMarkdown(runOf([], { leftOut: ['rclone: no go'] }))).toContain(
    '- Left out: rclone: no go',
  )
})

test('the summary has a row a contestant and a column a case', () => {
  const summary = toSummary(runOf([http]))
  expect(summary).toContain('| s3-bg-uploader | 1.00 s, 1.20 CPU-s |')
  expect(summary).toContain('| lib-storage | 3.50, 3.50 |')
  expect(summary).toContain('| minio | failed |')
  expect(summary).not.toContain('| rclone |')
})

test('a README keeps what stands around the markers', () => {
  const readme = 'before\n<!-- benchmarks: begin -->\nold\n<!-- benchmarks: end -->\nafter\n'
  expect(between(readme, 'new')).toBe(
    'before\n<!-- benchmarks: begin -->\n\nnew\n\n<!-- benchmarks: end -->\nafter\n',
  )
  expect(between('no markers', 'new')).toBeUndefined()
})
