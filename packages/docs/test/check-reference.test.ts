import { expect, test } from 'vitest'
import { findUnexplained } from '../src/check-reference.ts'

const words = { summary: [{ kind: 'text', text: 'It does.' }] }
const sources = [{ fileName: 'a.ts', line: 7 }]

test('everything that is exported has to be explained, members included', () => {
  const members = [
    { name: 'said', kind: 1024, comment: words, sources },
    { name: 'unsaid', kind: 1024, sources },
    { name: 'blank', kind: 1024, comment: { summary: [] }, sources },
  ]
  const project = {
    name: 'all',
    kind: 1,
    children: [
      { name: 'Said', kind: 256, comment: words, children: members },
      { name: 'call', kind: 64, signatures: [{ name: 'call', kind: 4096, comment: words }] },
      { name: 'silent', kind: 64, signatures: [{ name: 'silent', kind: 4096 }], sources },
      { name: 'Again', kind: 4_194_304 },
      { name: 'stack', kind: 1024, sources: [{ fileName: 'node_modules/lib.d.ts', line: 1 }] },
    ],
  }
  expect(findUnexplained(project)).toEqual([
    'a.ts:7: Said.unsaid has no docstring',
    'a.ts:7: Said.blank has no docstring',
    'a.ts:7: silent has no docstring',
  ])
})
