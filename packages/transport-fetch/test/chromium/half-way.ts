import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { hashOfContent, hashOfObject } from './content-hash.ts'
import type { Stage } from './stage.ts'

const MIB = 1024 * 1024

/** An upload that something happens to on its way. */
export interface Way {
  /** Of the file. */
  readonly bytes: number
  /** Bytes. */
  readonly partSize: number
  readonly parts: number
  /** Parts that are confirmed and recorded when it happens. */
  readonly early: number
}

export const LONG_WAY: Way = { bytes: 300 * MIB, partSize: 8 * MIB, parts: 38, early: 12 }

/** Twice as many parts as are on their way at once. */
export const SHORT_WAY: Way = { bytes: 60 * MIB, partSize: 5 * MIB, parts: 12, early: 3 }

/**
 * Lets an upload come as far as its early parts, with the next ones on their way.
 *
 * @param leader the page that keeps the journal, if it is another
 */
export async function uploadHalf(
  { backend: { mock } }: Stage,
  { parts, early }: Way,
  page: Page,
  add: () => Promise<void>,
  leader: Page = page,
): Promise<void> {
  const gate = mock
    .on('put', { where: ({ part = 0 }) => part > early })
    .always()
    .hold()
  await add()
  const half = await page.evaluate(
    (count) => app.until(({ confirmedParts }) => confirmedParts === count),
    early,
  )
  expect(half).toMatchObject({ status: 'uploading', totalParts: parts })
  await gate.reached
  await leader.evaluate(() => app.recorded())
  mock.clearFaults()
}

/** Waits for the end of an upload and checks what the storage got, and how often. */
export async function expectWhole(
  { backend }: Stage,
  { bytes, parts, early }: Way,
  page: Page,
): Promise<void> {
  const end = await page.evaluate(() =>
    app.until(({ status }) => status === 'completed' || status === 'failed'),
  )
  expect(end).toMatchObject({ status: 'completed', totalParts: parts })
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(bytes))
  const { transcript } = backend.mock
  const puts = transcript.filter(({ route }) => route === 'put')
  const stored = puts.filter(({ effect }) => effect === 200).map(({ part = 0 }) => part)
  expect(stored.sort((a, b) => a - b)).toEqual(Array.from({ length: parts }, (_, at) => at + 1))
  expect(puts.filter(({ part = 0 }) => part <= early)).toHaveLength(early)
  expect(transcript.filter(({ route }) => route === 'start')).toHaveLength(1)
}
