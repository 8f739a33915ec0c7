import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packages = new URL('../../../', import.meta.url)

/** The files behind an entry, through relative imports and packages of this workspace. */
function filesBehind(entry: URL, files = new Map<string, readonly string[]>()) {
  const path = fileURLToPath(entry)
  if (files.has(path)) return files
  const text = readFileSync(path, 'utf8')
  // What is imported as a type only is gone once compiled.
  const imports = [...text.matchAll(/^(?:import|export|\})(?! type)[^;]*?from '([^']+)'/gm)].map(
    ([, from]) => from ?? '',
  )
  files.set(path, imports)
  for (const from of imports) {
    const [, name] = /^@s3-bg-uploader\/([a-z-]+)$/.exec(from) ?? []
    if (name !== undefined) filesBehind(new URL(`${name}/src/index.ts`, packages), files)
    else if (from.startsWith('.')) filesBehind(new URL(from, entry), files)
  }
  return files
}

test.each(['msw', 'storage'])('./%s needs nothing of Node', (entry) => {
  const files = filesBehind(new URL(`testkit/src/${entry}/index.ts`, packages))
  // The walk has come to the backend.
  expect([...files.keys()].some((path) => path.endsWith('handler.ts'))).toBe(true)
  for (const [path, imports] of files) {
    expect(existsSync(path)).toBe(true)
    expect(imports.filter((from) => from.startsWith('node:'))).toEqual([])
    expect(readFileSync(path, 'utf8')).not.toMatch(
      /\b(?:Buffer|process|setImmediate|require)\b[.(]/,
    )
  }
})
