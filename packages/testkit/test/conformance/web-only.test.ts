import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../../src/conformance', import.meta.url))

/** What Node has and browsers or React Native have not. */
const FOREIGN =
  /from 'node:|from '(vitest|chai|assert)'|\b(Buffer|setImmediate|__dirname)\b|\bprocess\.|\brequire\(|structuredClone|AbortSignal\.(timeout|any)|throwIfAborted|\bnew URL\(|URLSearchParams/

test('the suites need nothing but what every runtime has', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  expect(files.length).toBeGreaterThan(30)
  const violations = files.flatMap((file) => {
    const lines = readFileSync(`${folder}/${file}`, 'utf8').split('\n')
    return lines.flatMap((line, at) => {
      const isComment = /^\s*(\*|\/[/*])/.test(line)
      return FOREIGN.test(line) && !isComment ? [`${file}:${at + 1}: ${line.trim()}`] : []
    })
  })
  expect(violations).toEqual([])
})
