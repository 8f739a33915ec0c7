import { expect, test } from 'vitest'
import { errorCodes, UploadError } from '../src/errors.ts'

test.each(errorCodes)('%s leads to its section of the page that explains the codes', (code) => {
  const { docs } = new UploadError(code, 'It failed')
  expect(docs).toMatch(/^https:\/\/github\.com\/.*\/packages\/docs\/troubleshooting\.md#[a-z_]+$/)
  expect(docs.endsWith(`#${code}`)).toBe(true)
})

test('the page is no field of the error, so that copies and logs do not repeat it', () => {
  expect(Object.keys(new UploadError('stalled', 'It failed'))).not.toContain('docs')
})
