// Runs the storage on S3, the handler and a real client against real servers, on loopback:
//
//   npm run test:s3                        all of them; writes the table of the README
//   npm run test:s3 -- --check             compares it with what ran here; with CI=true at least four must
//   npm run test:s3 -- --only MinIO,moto   these only; writes nothing
//
// The servers are kept in XDG_CACHE_HOME or ~/.cache, below s3-bg-uploader.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, start } from './process.mjs'
import { compareTable, writeTable } from './report.mjs'
import { rows } from './rows.mjs'
import { servers } from './servers.mjs'
import { Site } from './site.mjs'

/** Builds that take longer than this are given up, so that a cold run ends. */
const INSTALL_MS = 12 * 60_000
const NEEDED = 4
/** A row that takes longer hangs. */
const ROW_MS = 4 * 60_000

// What is ended early takes its servers with it.
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1))

const args = process.argv.slice(2)
const only = args.includes('--only')
  ? (args[args.indexOf('--only') + 1] ?? '').split(',')
  : undefined
const names = servers.map(({ name }) => name)
const unknown = only?.filter((name) => !names.includes(name)) ?? []
if (unknown.length > 0) {
  console.error(`--only takes some of ${names.join(',')}, and not ${JSON.stringify(unknown)}`)
  process.exit(2)
}
const wanted = servers.filter(({ name }) => only?.includes(name) ?? true)

const signal = AbortSignal.timeout(INSTALL_MS)
// One after the other: two builds at once would only be in each other's way. What is installed is
// tested meanwhile.
let previous = Promise.resolve()
const installs = wanted.map(({ install }) => {
  const mine = previous.then(() => install(signal))
  previous = mine.catch(() => {
    // Told where it is awaited.
  })
  return mine
})
for (const install of installs) install.catch(() => {})

const columns = []
for (const [index, server] of wanted.entries()) {
  const column = { server, cells: new Map(), notes: [], failures: [] }
  try {
    column.folder = await installs[index]
  } catch (error) {
    column.missing = signal.aborted
      ? `not installed within ${INSTALL_MS / 60_000} minutes`
      : `cannot be installed: ${error.message}`
  }
  if (column.missing === undefined) await test(column)
  columns.push(column)
  if (column.missing !== undefined) console.log(`${server.name}: ${column.missing}`)
}

const ran = columns.filter(({ missing }) => missing === undefined)
const failures = columns.flatMap(({ failures: of }) => of)
if (process.env.CI === 'true' && only === undefined) {
  if (ran.length < NEEDED) failures.push(`Only ${ran.length} servers ran; ${NEEDED} are needed.`)
  if (ran.filter(({ server }) => server.production).length < 2) {
    failures.push('Fewer than two servers made for production ran.')
  }
}
if (args.includes('--check')) failures.push(...compareTable(ran))
else if (failures.length === 0 && ran.length === servers.length) writeTable(ran)
for (const failure of failures) console.error(failure)
process.exitCode = failures.length > 0 ? 1 : 0

async function test(column) {
  const { server, folder } = column
  const data = mkdtempSync(join(tmpdir(), 's3-bg-uploader-s3-'))
  for (const name of ['server', 'files']) mkdirSync(join(data, name))
  const port = await freePort()
  const place = { port, data: join(data, 'server') }
  const { command, args: given, env } = await server.command(folder, place)
  const endpoint = `http://127.0.0.1:${port}`
  let stop
  try {
    stop = await start(command, given, { env, cwd: data, url: endpoint })
  } catch (error) {
    column.missing = `cannot be started: ${error.message}`
    server.close?.()
    rmSync(data, { recursive: true, force: true })
    return
  }
  const site = new Site(endpoint, server, join(data, 'files'))
  try {
    await site.open()
    for (const row of rows) await look(column, row, site)
  } finally {
    await site.close()
    await stop()
    server.close?.()
    rmSync(data, { recursive: true, force: true })
  }
}

async function look(column, { name, run }, site) {
  const { server, folder } = column
  const known = server.faults[name]
  const began = Date.now()
  const say = (text) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6)
    console.log(`${server.name.padEnd(10)} ${name.padEnd(42)} ${seconds} s  ${text}`)
  }
  try {
    const { cell = '✓', note } = (await within(ROW_MS, run(site, folder))) ?? {}
    say(`${cell}${note === undefined ? '' : ` ${note}`}`)
    column.cells.set(name, cell)
    if (note !== undefined) column.notes.push([name, note])
    if (known !== undefined) {
      column.failures.push(`${server.name}: ${name}: works now; it is no longer a known fault.`)
    }
  } catch (error) {
    const message = String(error.message)
    if (known?.match.test(message)) {
      say(`✗ ${known.says}`)
      column.cells.set(name, '✗')
      column.notes.push([name, known.says])
      return
    }
    say(`FAILED ${error.stack}${error.cause ? `\n${error.cause.stack ?? error.cause}` : ''}`)
    column.failures.push(`${server.name}: ${name}: ${message}`)
  }
}

async function within(patienceMs, work) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${patienceMs / 1000} s`)), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
