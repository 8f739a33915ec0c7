import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultKey } from '../src/index.ts'
import { HASH } from './fixture.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const keyOf = (fileName: string) => defaultKey({ fileHash: HASH, fileName })

test('keeps what is harmless of a name', () => {
  expect(keyOf('holiday-1.jpg')).toMatch(/^0123456789abcdef\/[0-9a-f]{32}-holiday-1\.jpg$/)
})

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\system.ini', 'system.ini'],
  ['a\u0000b\u202egpj.exe', 'a_b_gpj.exe'],
  ['．．／x', 'x'],
  ['日本.pdf', 'pdf'],
  ['..', 'file'],
  ['', 'file'],
])('makes of %j the name %s', (fileName, name) => {
  expect(keyOf(fileName).slice(50)).toBe(name)
})

test('is short, made of harmless characters and new each time, whatever the name', async () => {
  await fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000, size: 'max' }), (fileName) => {
      expect(keyOf(fileName)).toMatch(
        /^[0-9a-f]{16}\/[0-9a-f]{32}-[A-Za-z0-9-][A-Za-z0-9._-]{0,99}$/,
      )
      expect(keyOf(fileName)).not.toMatch(/[.]$/)
      expect(keyOf(fileName)).not.toBe(keyOf(fileName))
    }),
  )
})
