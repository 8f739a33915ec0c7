import { expect, test } from 'vitest'
import { filePath } from '../src/file-path.ts'

test('a path stays as it is, with its percent signs', () => {
  expect(filePath('/data/100%25 sure.mp4')).toBe('/data/100%25 sure.mp4')
})

test('a file URI becomes the path that it names', () => {
  expect(filePath('file:///data/my%20film.mp4')).toBe('/data/my film.mp4')
  expect(filePath('file://localhost/data/%C3%A9t%C3%A9.mp4')).toBe('/data/été.mp4')
})

test('a content URI stays as it is', () => {
  expect(filePath('content://media/external/video/42')).toBe('content://media/external/video/42')
})
