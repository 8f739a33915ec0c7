import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { untilAborted } from '../../src/protocol/until-aborted.ts'

test('whatever settles it, it no longer listens', async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
  await expect(untilAborted(Promise.reject(new Error('broke')), signal)).rejects.toThrow('broke')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('a signal that has aborted is not waited for', async () => {
  await expect(untilAborted(new Promise(() => {}), AbortSignal.abort())).rejects.toThrow('Aborted')
})
