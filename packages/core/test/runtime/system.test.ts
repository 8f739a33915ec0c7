import { expect, test, vi } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { reportToConsole } from '../../src/runtime/system.ts'

test('a problem that nobody asked to hear of is told with what to do and where to read on', () => {
  const write = vi.spyOn(console, 'error').mockImplementation(() => {})
  const cause = new Error('ENOSPC')
  const problem = new UploadError('store_failed', 'The journal could not be written', { cause })
  try {
    reportToConsole(problem)
    expect(write.mock.calls).toEqual([[expect.any(String), cause]])
    const [text] = write.mock.calls[0] ?? []
    for (const part of ['store_failed', problem.message, problem.hint, problem.docs]) {
      expect(text).toContain(part)
    }
  } finally {
    write.mockRestore()
  }
})
