import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the transport of the README is the one that is tested here', () => {
  const block = `\`\`\`ts\n// blob-transport.ts\n${read('blob-transport.ts')}\`\`\`\n`
  expect(read('../../README.md')).toContain(block)
})
