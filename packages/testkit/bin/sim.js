#!/usr/bin/env node
// Runs seeds of the simulator on every core: node packages/testkit/bin/sim.js --seeds 100000
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const entry = new URL('../dist/sim/index.js', import.meta.url)
/** A worker takes so many seeds at once. */
const SHARE = 500
/** A seed that takes longer goes round in circles without letting anybody else have a turn. */
const HANGS_AFTER_MS = 60_000

if (!isMainThread) await work(workerData.progress)
else if (existsSync(entry)) await main()
else {
  console.error('error: the simulator is not built yet')
  console.error('hint: run "npm run build" at the root of the checkout')
  process.exitCode = 1
}

async function main() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string' },
      seed: { type: 'string' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  })
  // What is no number would run nothing and find no fault in it, or go on for ever.
  const number = (option, least) => {
    const value = Number(values[option])
    if (Number.isSafeInteger(value) && value >= least) return value
    console.error(`error: --${option} takes a whole number from ${least}`)
    process.exit(2)
  }
  if (values.seed !== undefined) return replay(number('seed', 0))
  const from = values.from === undefined ? secondOfNow() : number('from', 0)
  const count = number('seeds', 1)
  const workers = number('workers', 1)
  console.log(`seeds ${from} to ${from + count - 1}`)
  const started = performance.now()
  const { failures, reached, hung } = await runAll(from, count, workers)
  const seconds = (performance.now() - started) / 1000
  const counts = [...reached].sort(([, a], [, b]) => b - a)
  console.log(counts.map(([what, times]) => `${what} ${times}`).join(', '))
  const { user, system } = process.cpuUsage()
  const cpuSeconds = (user + system) / 1e6
  console.log(
    `${count} schedules in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} a second, ` +
      `${Math.round(count / cpuSeconds)} a second of CPU; ${failures.length} failed`,
  )
  for (const { seed, guarantee, message } of failures.slice(0, 20)) {
    console.log(`  seed ${seed}: ${guarantee}: ${message}`)
  }
  if (failures[0] !== undefined) await replay(failures[0].seed)
  if (hung !== undefined) console.error(`Seed ${hung} hangs. Replay: npm run sim -- --seed ${hung}`)
  process.exit(failures.length > 0 || hung !== undefined ? 1 : 0)
}

function secondOfNow() {
  return Math.floor(Date.now() / 1000) * 1000
}

async function replay(seed) {
  const { describeFailure, shrink } = await import(entry.href)
  const result = await shrink(seed)
  console.log(describeFailure(result))
  if (result.violation !== undefined) process.exitCode = 1
}

function runAll(from, count, workers) {
  const failures = []
  const reached = new Map()
  let next = from
  const end = from + count
  const one = (index) =>
    new Promise((resolve, reject) => {
      // The seed at which the worker is, and when it came there: readable while it hangs.
      const progress = new Float64Array(new SharedArrayBuffer(16))
      progress[1] = Date.now()
      const worker = new Worker(new URL(import.meta.url), { workerData: { progress, index } })
      const watch = setInterval(() => {
        if (Date.now() - progress[1] < HANGS_AFTER_MS) return
        clearInterval(watch)
        resolve(progress[0])
      }, 1000)
      const giveOut = () => {
        const share = Math.min(SHARE, end - next)
        if (share <= 0) {
          clearInterval(watch)
          worker.postMessage(undefined)
          return resolve(undefined)
        }
        worker.postMessage({ from: next, count: share })
        next += share
      }
      worker.on('error', reject)
      worker.on('message', (result) => {
        failures.push(...result.failures)
        for (const [what, times] of result.reached) {
          reached.set(what, (reached.get(what) ?? 0) + times)
        }
        giveOut()
      })
      giveOut()
    })
  return Promise.all(Array.from({ length: workers }, (_, index) => one(index))).then((ends) => ({
    failures: failures.sort((a, b) => a.seed - b.seed),
    reached,
    hung: ends.find((seed) => seed !== undefined),
  }))
}

async function work(progress) {
  // Nobody looks at stacks here, and they cost.
  Error.stackTraceLimit = 0
  const { simulate } = await import(entry.href)
  parentPort.on('message', async (share) => {
    if (share === undefined) return parentPort.close()
    const failures = []
    const reached = new Map()
    for (let seed = share.from; seed < share.from + share.count; seed += 1) {
      progress[0] = seed
      progress[1] = Date.now()
      const result = await simulate(seed)
      if (result.violation !== undefined) failures.push({ seed, ...result.violation })
      for (const [what, times] of result.reached) {
        reached.set(what, (reached.get(what) ?? 0) + times)
      }
    }
    parentPort.postMessage({ failures, reached })
  })
}
