import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { fileFailure, putFailure } from '../../src/runtime/transport-failure.ts'

describe('what a transport throws', () => {
  test('keeps its code and hint where it has one of ours', () => {
    const cause = new Error('ENOENT')
    const hint = 'Put it back.'
    const error = new UploadError('file_not_found', 'There is no a', { cause, hint })
    const failure = { kind: 'local', code: 'file_not_found', message: 'There is no a', hint, cause }
    expect(fileFailure(error)).toEqual(failure)
    expect(putFailure(error, 3)).toEqual(failure)
  })

  test('is itself the cause where it has none', () => {
    const error = new UploadError('source_changed', 'Another file')
    expect(fileFailure(error)).toMatchObject({ cause: error })
  })

  test('is an unreadable file where the file was read', () => {
    const error = Object.assign(new Error('i/o error'), { code: 'EIO' })
    expect(fileFailure(error)).toEqual({
      kind: 'local',
      code: 'file_unreadable',
      message: 'The file could not be read (Error, EIO)',
      cause: error,
    })
  })

  test.each([new TypeError('x'), 'text', undefined, null, 42])(
    'is a broken exchange where a part was sent (%s)',
    (error) => {
      expect(putFailure(error, 3)).toMatchObject({
        kind: 'exchange',
        message: expect.stringContaining('part 3'),
        cause: error,
      })
    },
  )
})
