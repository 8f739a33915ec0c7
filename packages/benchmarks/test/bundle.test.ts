import { expect, test } from 'vitest'
import { loadedAtFirst } from '../src/bench/probes/bundle.ts'

const output = (imports: Readonly<Record<string, 'import-statement' | 'dynamic-import'>>) => ({
  bytes: 1,
  inputs: {},
  exports: [],
  imports: Object.entries(imports).map(([path, kind]) => ({ path, kind })),
})

test('a page first loads the entry and what that imports, not what is imported later', () => {
  const outputs = {
    'entry.js': {
      ...output({ 'shared.js': 'import-statement', 'later.js': 'dynamic-import' }),
      entryPoint: '<stdin>',
    },
    'shared.js': output({ 'deeper.js': 'import-statement' }),
    'deeper.js': output({ 'shared.js': 'import-statement' }),
    'later.js': output({ 'shared.js': 'import-statement' }),
  }
  expect(loadedAtFirst({ outputs })).toEqual(['entry.js', 'shared.js', 'deeper.js'])
})
