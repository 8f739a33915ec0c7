// Writes test-vectors.json, which the tests on Android and iOS read: hashes by core's hasher, and
// ledgers with what they mean by LEDGER.md. Needs a build. node scripts/test-vectors.mjs
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { createXxh64 } from '../../core/dist/hash/xxh64.js'

function xxh64(bytes) {
  const state = createXxh64()
  state.update(bytes)
  return state.digest()
}

/** The rule that the vectors name: byte i of n is (31 i + 17 n + floor(i / 8)) mod 256. */
function ruled(length) {
  return Uint8Array.from({ length }, (_, i) => 31 * i + 17 * length + (i >> 3))
}

function encode(field) {
  const plain = /[A-Za-z0-9\-_.~/:]/
  return [...Buffer.from(String(field))]
    .map((byte) => [String.fromCharCode(byte), byte])
    .map(([char, byte]) =>
      byte < 128 && plain.test(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}

/** A line whose fields are written as they are given. */
function raw(rest) {
  return `${crc32(Buffer.from(rest, 'latin1')).toString(16).padStart(8, '0')}\t${rest}\n`
}

const line = (...fields) => raw(fields.map(encode).join('\t'))

function task(number, { path = '/data/film.mp4', url = urlOf(number), lastModified = 17e11 } = {}) {
  const range = { start: (number - 1) * 5, end: number * 5 }
  return { id: `u1/${number}/1`, url, path, size: 50, lastModified, ...range }
}

function urlOf(number) {
  return `https://bucket.s3.amazonaws.com/k%20ey?partNumber=${number}&X-Amz-Signature=0f%2B==`
}

const waiting = ({ id, ...rest }) => ({ id, state: 'waiting', ...rest })

function answered(id, { status = 200, body = '', headers = [['ETag', `"${id}"`]] } = {}) {
  const named = headers.map(([name, value]) => ({ name, value }))
  return { id, state: 'answered', status, headers: named, ...(body && { body }) }
}

const broken = (id, code, message) => ({ id, state: 'broken', code, message })

function taskLine({ id, url, path, size, lastModified, start, end }) {
  return line('task', id, url, path, size, lastModified, start, end)
}

function lineOf(entry) {
  switch (entry.state) {
    case 'waiting':
      return taskLine(entry)
    case 'answered': {
      const headers = entry.headers.flatMap(({ name, value }) => [name, value])
      return line('answered', entry.id, entry.status, entry.body ?? '', ...headers)
    }
    case 'broken':
      return line('broken', entry.id, entry.code, entry.message)
  }
}

const forgotten = (id) => line('forgotten', id)
const constraintsLine = (...flags) => line('constraints', ...flags)
const FREE = { unmetered: false, notRoaming: false, charging: false }

/** `text` holds the bytes of the file, one character (U+0000 to U+00FF) each. */
function ledger(name, parts, entries, { dropped = 0, constraints = FREE } = {}) {
  const flags = Object.values(constraints).map(Number)
  const head = flags.includes(1) ? constraintsLine(...flags) : ''
  const compacted = head + entries.map(lineOf).join('')
  return { name, text: parts.join(''), entries, constraints, dropped, compacted }
}

const [one, two, three] = [task(1), task(2), task(3)]
const odd = task(4, {
  path: 'content://media/ü/тест 100%\t\n+&=',
  url: 'http://127.0.0.1:9000/b/é%E2%82%AC?x=a b+c#d',
  lastModified: -1,
})
const slowDown = answered(one.id, {
  status: 503,
  body: '<Error>\n<Code>SlowDown</Code>\t100% "é"</Error>',
  headers: [
    ['Retry-After', '7'],
    ['X-Odd', 'a=b&c=d, %41'],
    ['X-Odd', ''],
  ],
})
const lost = broken(two.id, 'network', 'The connection was reset.')
const first = taskLine(one)
const wrongSum = first.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
const otherByte = first.replace('film', 'filn')

const ledgers = [
  ledger('an empty file', [], []),
  ledger('tasks that wait', [first, taskLine(two), taskLine(odd)], [one, two, odd].map(waiting)),
  ledger(
    'an answer takes the place of its task',
    [first, taskLine(two), lineOf(answered(one.id))],
    [answered(one.id), waiting(two)],
  ),
  ledger(
    'an answer that is not 2xx has a body, and headers with any characters',
    [first, lineOf(slowDown)],
    [slowDown],
  ),
  ledger(
    'an answer without headers',
    [first, lineOf(answered(one.id, { headers: [] }))],
    [answered(one.id, { headers: [] })],
  ),
  ledger('a broken task', [first, taskLine(two), lineOf(lost)], [waiting(one), lost]),
  ledger(
    'a forgotten task is gone, whatever its state',
    [first, taskLine(two), taskLine(three)].concat(
      lineOf(answered(one.id)),
      forgotten(one.id),
      forgotten(two.id),
      forgotten('unknown'),
    ),
    [waiting(three)],
  ),
  ledger(
    'a task that comes back after it was forgotten is new, and last',
    [first, taskLine(two), lineOf(answered(one.id)), forgotten(one.id), first],
    [waiting(two), waiting(one)],
  ),
  ledger(
    'the later of two lines counts',
    [
      first,
      lineOf(broken(one.id, 'network', 'reset')),
      taskLine({ ...one, url: urlOf(9) }),
      taskLine(two),
      lineOf(answered(two.id)),
      lineOf(lost),
    ],
    [waiting({ ...one, url: urlOf(9) }), lost],
  ),
  ledger(
    'an answer whose task is gone still counts',
    [otherByte, lineOf(answered(one.id))],
    [answered(one.id)],
    { dropped: 1 },
  ),
  ledger(
    'the later constraints count',
    [constraintsLine(1, 1, 1), first, constraintsLine(1, 0, 1)],
    [waiting(one)],
    { constraints: { unmetered: true, notRoaming: false, charging: true } },
  ),
  ledger(
    'constraints that were lifted need no line',
    [constraintsLine(1, 1, 1), constraintsLine(0, 0, 0)],
    [],
  ),
  ledger(
    'a torn last line is dropped',
    [first, taskLine(two), lineOf(answered(one.id)).slice(0, -10)],
    [waiting(one), waiting(two)],
    { dropped: 1 },
  ),
  ledger(
    'a last line that lacks only its newline is dropped',
    [first, taskLine(two), lineOf(answered(one.id)).slice(0, -1)],
    [waiting(one), waiting(two)],
    { dropped: 1 },
  ),
  ledger(
    'a line that another one was glued to is dropped',
    [first, lineOf(answered(one.id)).slice(0, 20), taskLine(two), taskLine(three)],
    [waiting(one), waiting(three)],
    { dropped: 1 },
  ),
  ledger('a wrong checksum drops its line only', [wrongSum, taskLine(two)], [waiting(two)], {
    dropped: 1,
  }),
  ledger('one wrong byte drops its line only', [otherByte, taskLine(two)], [waiting(two)], {
    dropped: 1,
  }),
  ledger(
    'zeros and binary rubbish are dropped',
    ['\0'.repeat(64), '\n', '\xff\xfe\t\x80\n', '\n', taskLine(two), '\0'.repeat(7)],
    [waiting(two)],
    { dropped: 4 },
  ),
  ledger(
    'a checksum in upper case is wrong',
    [raw('forgotten\tA').toUpperCase(), first],
    [waiting(one)],
    {
      dropped: 1,
    },
  ),
  ledger(
    'a line of an unknown kind, or with fields that do not fit, is dropped',
    [
      line('later', 'x'),
      line('task', 'few'),
      line('forgotten', 'a', 'b'),
      line('task', 'n', 'u', 'p', '05', 0, 0, 5),
      line('task', 'n', 'u', 'p', 5, 0, '-1', 5),
      line('task', 'n', 'u', 'p', 5, 0, '1e0', 5),
      line('task', 'n', 'u', 'p', 5, 0, 4, 3),
      line('task', 'n', 'u', 'p', 5, 0, 0, 6),
      line('task', 'n', 'u', 'p', '9007199254740992', 0, 0, 5),
      line('task', '', 'u', 'p', 5, 0, 0, 5),
      line('answered', 'a', '200', '', 'ETag'),
      line('answered', 'a', 'OK', ''),
      line('constraints', 'true', 0, 0),
      raw('forgotten\ta%2'),
      raw('forgotten\ta%2b'),
      raw('forgotten\ta b'),
      raw('forgotten\t%C3'),
      raw(''),
      first,
    ],
    [waiting(one)],
    { dropped: 18 },
  ),
]

const repeated = [
  { text: 'a', times: 1_000_000 },
  { text: 's3-bg-uploader', times: 500_000 },
  { text: '\0', times: 33_554_433 },
].map((input) => ({ ...input, hash: xxh64(Buffer.from(input.text.repeat(input.times))) }))

const vectors = {
  about: 'Written by scripts/test-vectors.mjs. LEDGER.md says what the fields mean.',
  xxh64: {
    ruled: Array.from({ length: 101 }, (_, length) => xxh64(ruled(length))),
    repeated,
  },
  ledgers,
}
const path = fileURLToPath(new URL('../test-vectors.json', import.meta.url))
writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`)
