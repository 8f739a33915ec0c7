import { expect, test } from 'vitest'
import {
  answeredParts,
  attemptOf,
  CONCURRENCY,
  type Transcript,
  transcript,
  violationsOf,
} from './transcript.ts'

test('an honest client that is killed twice is found without fault', () => {
  expect(violationsOf(transcript())).toEqual([])
})

test('what a killed backend had in hand may be sent again', () => {
  const honest = transcript()
  honest.runs[2].attempts.unshift(attemptOf('big', 20, { backendKilled: true }))
  expect(violationsOf(honest)).toEqual([])
})

test('an upload that the backend made in its last moment is nobody’s fault', () => {
  const honest = transcript()
  honest.storage.unfinished.push('id that nobody was told')
  expect(violationsOf(honest)).toEqual([])
})

const faults: [string, (record: Transcript) => void, string[]][] = [
  [
    'a byte of an object is another',
    ({ storage }) => storage.sha256.set('key of big', 'sha of something else'),
    ['big has other bytes'],
  ],
  [
    'an object is missing',
    ({ storage }) => {
      storage.sha256.delete('key of small')
      storage.objects = 1
    },
    ['small is complete, but has no object', '2 files became 1 objects'],
  ],
  [
    'there is an object too many',
    ({ storage }) => {
      storage.objects = 3
    },
    ['2 files became 3 objects'],
  ],
  [
    'an upload is left in the storage',
    ({ storage }) => storage.unfinished.push('id of small'),
    ['1 uploads were left unfinished in the storage'],
  ],
  [
    'a file never became complete',
    ({ runs }) => {
      runs[2].journal.completed.delete('big')
      for (let part = 1; part <= 20; part += 1) runs[2].journal.parts.add(`big part ${part}`)
    },
    ['big is not complete'],
  ],
  [
    'a part is sent again after its record',
    ({ runs }) => runs[1].attempts.push(attemptOf('big', 3, { status: 200, answered: 99 })),
    ['run 2: big part 3 was sent again', 'more bytes were sent than there are'],
  ],
  [
    'a part is sent again after its file was completed',
    ({ runs }) => runs[2].attempts.push(attemptOf('small', 1)),
    ['run 3: small part 1 was sent again', 'more bytes were sent than there are'],
  ],
  [
    'a part is sent twice in one run',
    ({ runs }) => runs[2].attempts.push(attemptOf('big', 17, { status: 200, answered: 99 })),
    ['run 3: big part 17 was sent twice', 'more bytes were sent than there are'],
  ],
  [
    'the journal forgets a part that it had',
    ({ runs }) => runs[1].journal.parts.delete('big part 2'),
    ['run 2: the journal lost 1 parts: big part 2 …'],
  ],
  [
    'the journal leaves a part out',
    ({ runs }) => runs[0].journal.parts.delete('big part 2'),
    ['run 1: the journal left out big part 2'],
  ],
  [
    'the journal takes nothing',
    ({ runs }) => {
      runs[0].journal.parts.clear()
      runs[0].attempts = answeredParts('big', 1, 8 * CONCURRENCY + 1)
      runs[1].attempts = answeredParts('big', 1, 13)
      runs[1].journal.parts.delete('small part 1')
    },
    [
      'run 1: 17 parts were answered, but are not in the journal',
      '18 parts were answered before 2 kills, but not in the journal',
    ],
  ],
  [
    'the journal lags behind every time',
    ({ runs }) => {
      for (const part of [5, 6, 7, 8]) runs[0].journal.parts.delete(`big part ${part}`)
      runs[1].attempts = answeredParts('big', 5, 13)
    },
    ['5 parts were answered before 2 kills, but not in the journal'],
  ],
  [
    'the journal is not written to the end',
    ({ runs }) => {
      runs[1].killed = false
      runs[1].attempts = answeredParts('big', 9, 15)
    },
    [
      'run 2: 3 parts were answered, but are not in the journal',
      'more bytes were sent than there are',
    ],
  ],
  [
    'the journal loses an upload',
    ({ runs }) => runs[1].journal.files.delete('small'),
    ['run 2: the journal lost the upload of small'],
  ],
  [
    'the journal is damaged',
    ({ runs }) => runs[1].problems.push('2 records could be saved'),
    ['run 2: the journal was damaged: 2 records could be saved'],
  ],
  [
    'more parts are on their way than there are slots',
    ({ runs }) => runs[0].attempts.push(attemptOf('big', 11, { bytes: 0 })),
    ['run 1: 3 parts were in flight at once'],
  ],
]

test.each(faults)('it is noticed when %s', (_, tamper, expected) => {
  const record = transcript()
  tamper(record)
  expect(violationsOf(record)).toEqual(expected)
})
