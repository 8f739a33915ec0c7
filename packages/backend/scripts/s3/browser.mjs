import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { PutBucketCorsCommand } from '@aws-sdk/client-s3'
import { chromiumArguments, findChromium } from '../../../chromium/find-chromium.mjs'
import { kit } from './kit.mjs'

const { chromium } = createRequire(
  new URL('../../../transport-fetch/package.json', import.meta.url),
)('playwright-core')

/**
 * A page puts a part and reads its ETag, under the README's CORS rule with the origin of that page; and
 * what a page of another origin gets.
 */
export async function corsRow(site) {
  const page = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>')
  }).listen(0, '127.0.0.1')
  await once(page, 'listening')
  try {
    const { port } = page.address()
    const origin = `http://localhost:${port}`
    const refused = await applyRule(site, origin)
    const { storage } = await site.backend()
    const { url } = await site.begin(storage, 'cors.bin')
    const answer = await askAs(origin, url)
    if (answer.error !== undefined) throw new Error(`a page cannot PUT: ${answer.error}`)
    if (answer.status !== 200) throw new Error(`the PUT of a page is answered ${answer.status}`)
    if (!answer.etag) throw new Error('a page cannot read the ETag')
    const other = await askAs(`http://127.0.0.1:${port}`, url)
    if (other.error !== undefined) return {}
    const rule = refused === undefined ? 'the rule is taken' : `the rule is refused (${refused})`
    return { note: `${rule}, and pages of all origins are let in.` }
  } finally {
    page.closeAllConnections()
    page.close()
  }
}

/** @returns what the server calls its refusal, or undefined. */
async function applyRule({ client, bucket }, origin) {
  const { CORSRules } = kit('cors')
  const CORSConfiguration = { CORSRules: [{ ...CORSRules[0], AllowedOrigins: [origin] }] }
  try {
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration }))
    return undefined
  } catch (error) {
    return error.name
  }
}

/** What a page of that origin sees of a PUT. */
function askAs(origin, url) {
  const executablePath = findChromium()
  return executablePath === undefined
    ? byHand(url, origin)
    : inChromium(executablePath, url, origin)
}

async function inChromium(executablePath, url, origin) {
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })
  try {
    const page = await browser.newPage()
    await page.goto(origin)
    return await page.evaluate(async (target) => {
      try {
        const answer = await fetch(target, { method: 'PUT', body: new Blob(['bytes']) })
        return { status: answer.status, etag: answer.headers.get('etag') }
      } catch (error) {
        return { error: String(error) }
      }
    }, url)
  } finally {
    await browser.close()
  }
}

/** What a browser would do and look at, where there is none. */
async function byHand(url, origin) {
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT' },
  })
  const answer = await fetch(url, { method: 'PUT', body: 'bytes', headers: { origin } })
  const list = (response, name) => (response.headers.get(name) ?? '').toLowerCase().split(/ *, */)
  for (const response of [preflight, answer]) {
    const allowed = response.headers.get('access-control-allow-origin')
    if (!response.ok || ![origin, '*'].includes(allowed)) return { error: `allows ${allowed}` }
  }
  if (!['put', '*'].some((one) => list(preflight, 'access-control-allow-methods').includes(one))) {
    return { error: 'does not allow PUT' }
  }
  const exposed = list(answer, 'access-control-expose-headers')
  const visible = exposed.includes('etag') || exposed.includes('*')
  return { status: answer.status, etag: visible ? answer.headers.get('etag') : null }
}
