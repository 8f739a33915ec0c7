import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import { awsCli } from './aws-cli.mjs'
import { corsRow } from './browser.mjs'
import { conformanceRow } from './conformance.mjs'
import { lifecycleRow, policyRow } from './kit.mjs'
import { sha256 } from './site.mjs'

const MIB = 1024 * 1024
const UNICODE_KEY = 'kept/ünïcode – 日本語/👩‍👩‍👧 a+b%41 #1?&=;@.mov'

/** What is looked at on every server, in the order of the table. The last one changes who may do what. */
export const rows = [
  { name: 'backend conformance', run: conformanceRow },
  { name: 'several parts at once', run: severalParts },
  { name: 'part URLs: a bare PUT, nothing altered', run: presigned },
  { name: 'expired URL: 403, then a fresh one', run: expired },
  { name: 'lost ETags come back by ListParts', run: lostEtags },
  { name: 'aborted below the client: it starts again', run: aborted },
  { name: 'complete whose answer was lost', run: lostAnswer },
  { name: 'a file without bytes', run: noBytes },
  { name: '10,000 parts', run: tenThousandParts },
  { name: 'Unicode and signs in the key', run: unicodeKey },
  { name: 'CORS rule, in Chromium', run: corsRow },
  { name: 'read back with the AWS CLI', run: readBack },
  { name: 'lifecycle rule', run: lifecycleRow },
  { name: 'minimal policy', run: policyRow },
]

async function severalParts(site) {
  const backend = await site.backend({ key: 'kept/several.bin' })
  const file = fileOf(site, 'several.bin', 11 * MIB)
  let [now, most] = [0, 0]
  const put = async (request, send) => {
    now += 1
    most = Math.max(most, now)
    try {
      return await send(request)
    } finally {
      now -= 1
    }
  }
  await site.keep(await site.upload(file.path, backend, { put }), file.content)
  check(most === 3, `${most} of 3 parts were on their way at the same time`)
}

async function presigned(site) {
  const { storage } = await site.backend()
  const { url } = await site.begin(storage, 'presigned.bin')
  const altered = [
    [
      'another signature',
      url.replace(/(Signature=)(.)/, (_, name, at) => name + (at === '0' ? 1 : 0)),
    ],
    ['another part number', url.replace('partNumber=1', 'partNumber=2')],
    ['no signature', url.split('?')[0] + url.replace(/[^?]*/, '').replace(/&?X-Amz-[^&]*/g, '')],
  ]
  const { status, headers } = await put(url, 'bytes')
  check(status === 200 && headers.get('etag'), `a bare PUT is answered ${status}`)
  for (const [what, wrong] of altered) {
    const answer = await put(wrong, 'bytes')
    check(answer.status === 403, `a PUT with ${what} is answered ${answer.status}`)
  }
}

async function expired(site) {
  const backend = await site.backend({ key: 'kept/expired.bin', urlTtlSeconds: 3 })
  const file = fileOf(site, 'expired.bin', 1000)
  const statuses = []
  const put = async (request, send) => {
    // As a phone that sleeps between the URL and the PUT.
    if (statuses.length === 0) await new Promise((resolve) => setTimeout(resolve, 5000))
    const answer = await send(request)
    statuses.push(answer.status)
    return answer
  }
  await site.keep(await site.upload(file.path, backend, { put }), file.content)
  check(
    String(statuses) === '403,200',
    `PUTs on an expired and a fresh URL are answered ${statuses}`,
  )
}

async function lostEtags(site) {
  const backend = await site.backend({ key: 'kept/blind.bin' })
  const file = fileOf(site, 'blind.bin', 11 * MIB)
  let puts = 0
  const put = async (request, send) => {
    puts += 1
    return { ...(await send(request)), headers: {} }
  }
  await site.keep(await site.upload(file.path, backend, { put }), file.content)
  check(puts === 3, `3 parts were sent by ${puts} PUTs`)
  check(backend.seen['list-parts'] > 0, 'nobody asked for the list')
}

async function aborted(site) {
  const backend = await site.backend({ key: 'kept/aborted.bin' })
  const file = fileOf(site, 'aborted.bin', 11 * MIB)
  let puts = 0
  let refusal
  const put = async (request, send) => {
    puts += 1
    const answer = await send(request)
    if (puts === 1) {
      const [{ key, uploadId }] = backend.started
      const address = { Bucket: site.bucket, Key: key, UploadId: uploadId }
      await site.client.send(new AbortMultipartUploadCommand(address)).catch((error) => {
        refusal = error
      })
    }
    return answer
  }
  const key = await site.upload(file.path, backend, { put, concurrency: 1 })
  await site.keep(key, file.content)
  check(refusal === undefined, `AbortMultipartUpload is refused: ${refusal?.name}`)
  check(backend.started.length === 2, `the upload was started ${backend.started.length} times`)
}

async function lostAnswer(site) {
  const backend = await site.backend({ key: 'kept/lost.bin', lost: 'complete' })
  const file = fileOf(site, 'lost.bin', 6 * MIB)
  await site.keep(await site.upload(file.path, backend), file.content)
  check(backend.seen.complete === 2, `complete was called ${backend.seen.complete} times`)
  check(backend.started.length === 1, 'the whole file was sent again')
}

async function noBytes(site) {
  const backend = await site.backend({ key: 'kept/empty.bin' })
  const file = fileOf(site, 'empty.bin', 0)
  await site.keep(await site.upload(file.path, backend), file.content)
}

async function tenThousandParts(site) {
  const backend = await site.backend({ key: 'kept/many.bin', partSize: 1 })
  const file = fileOf(site, 'many.bin', 10_000)
  try {
    await site.keep(await site.upload(file.path, backend, { concurrency: 16 }), file.content)
    return {}
  } catch (error) {
    if (!error.message.includes('EntityTooSmall')) throw error
  }
  const [upload] = backend.started
  const parts = await backend.storage.listParts({ owner: 'ann', ...upload })
  check(parts.length === 10_000, `${parts.length} of 10,000 parts are listed`)
  await backend.storage.abort({ owner: 'ann', ...upload })
  return {
    note: '10,000 parts of one byte are taken and listed; as S3 does, it makes no object of them.',
  }
}

async function unicodeKey(site) {
  const backend = await site.backend({ key: UNICODE_KEY })
  const file = fileOf(site, 'unicode.bin', 1000)
  await site.keep(await site.upload(file.path, backend), file.content)
}

async function readBack(site) {
  check(site.made.size > 0, 'there is nothing to read')
  const folder = join(site.folder, 'read-back')
  await awsCli(site, [
    's3',
    'cp',
    '--recursive',
    '--only-show-errors',
    `s3://${site.bucket}/`,
    folder,
  ])
  for (const [key, expected] of site.made) {
    const bytes = readFileSync(join(folder, key))
    check(sha256(bytes) === expected, `the AWS CLI reads other bytes at ${key}`)
  }
}

function fileOf(site, name, size) {
  const path = join(site.folder, name)
  const content = randomBytes(size)
  writeFileSync(path, content)
  return { path, content }
}

async function put(url, body) {
  const answer = await fetch(url, { method: 'PUT', body })
  await answer.arrayBuffer()
  return answer
}

function check(condition, message) {
  if (!condition) throw new Error(message)
}
