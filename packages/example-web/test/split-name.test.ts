import { expect, test } from 'vitest'
import { splitName } from '../src/list/split-name.ts'

test.each([
  ['a short name, whole', 'a-name-of-20-letters', ''],
  ['a long name, before its last ten characters', 'a-name-of-21-', 'letters.mp'],
  ['an emoji, not in two', 'holiday-by-the-sea-', '👨‍👩‍👧-2026.mp4'],
  ['a letter with its accent, not in two', 'holiday-by-the-se', 'e\u0301-2026.mp4'],
])('shows %s', (_, start, end) => {
  expect(splitName(start + end)).toEqual([start, end])
})
