import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import { Modules } from './modules.mjs'
import { NeedsVitest, runSuite, runTest, Suite, testApi } from './suite.mjs'

/** Those of the guards look at the whole tree, those of the hash at neither machine nor protocol. */
const FOLDERS = ['machine', 'protocol', 'runtime', 'uploader']

/**
 * Nothing in the tests is about time, so a test during which nothing at all happens for so long waits for
 * what a mutant keeps from happening. Unlike a limit to its duration this is no matter of the machine.
 */
const IDLE_MS = 1000

/**
 * Tests of speed and of deep stacks, which take more CPU time than this, take most of it: they are run
 * for mutants in the file that they are named as.
 */
const SLOW_MS = 100

/** In the sandbox: one process measures, and all go by it. */
const TIMES = 'test-times.json'

const WORLD = '/world.test.ts#'

/** The same random walk for every mutant, and a shorter one. */
Object.assign(process.env, { MACHINE_RUNS: '60', MACHINE_SEED: '1' })

/** Runs the tests of this package for Stryker, in its own process. */
class InProcessRunner {
  #modules = new Modules()
  #files = new Map()
  #tests = new Map()
  #suite
  #isFresh = false
  #unhandled = []
  /** CPU milliseconds of every test. */
  #times

  constructor() {
    // What the instrumented sources look at.
    this.stryker = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {}
    process.on('unhandledRejection', (error) => this.#unhandled.push(error))
  }

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    const enter = (suite, body) => {
      const outer = this.#suite
      this.#suite = suite
      body()
      this.#suite = outer
    }
    this.#modules.provide(
      'vitest',
      testApi(() => this.#suite, enter),
    )
    for (const folder of FOLDERS) {
      for (const name of readdirSync(join('test', folder)).sort()) {
        if (name.endsWith('.test.ts')) this.#files.set(`test/${folder}/${name}`, undefined)
      }
    }
    for (const file of this.#files.keys()) await this.#modules.prepare(resolve(file))
  }

  /** Loads everything anew: what is done at that time counts as static. */
  #load() {
    this.#modules.forget()
    this.#tests.clear()
    for (const file of this.#files.keys()) {
      const suite = new Suite(file)
      this.#files.set(file, suite)
      this.#suite = suite
      this.#modules.load(resolve(file))
      for (const test of suite.tests()) {
        const id = idOf(test)
        // A name that stands twice in one suite is one test for Stryker.
        this.#tests.set(id, [...(this.#tests.get(id) ?? []), test])
      }
    }
  }

  async dryRun() {
    this.stryker.activeMutant = undefined
    this.#load()
    const tests = await this.#run([...this.#tests.keys()], { bail: false })
    const times = Object.fromEntries(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]))
    writeFileSync(TIMES, JSON.stringify(times))
    this.#load()
    this.#isFresh = true
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.stryker.mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, sandboxFileName }) {
    const { stryker } = this
    stryker.mutantCoverage = undefined
    stryker.hitLimit = hitLimit
    stryker.hitCount = 0
    const isStatic = mutantActivation === 'static'
    if (isStatic || !this.#isFresh) {
      stryker.activeMutant = isStatic ? activeMutant.id : undefined
      try {
        this.#load()
      } catch (error) {
        this.#isFresh = false
        return toMutantRunResult({
          status: DryRunStatus.Complete,
          tests: [failed('loading', error, 0)],
        })
      }
      this.#isFresh = !isStatic
    }
    stryker.activeMutant = activeMutant.id
    const order = this.#likeliestFirst(testFilter ?? [...this.#tests.keys()], sandboxFileName)
    const tests = await this.#run(order, { bail: true })
    stryker.activeMutant = undefined
    const reached = determineHitLimitReached(stryker.hitCount, hitLimit)
    return toMutantRunResult(reached ?? { status: DryRunStatus.Complete, tests })
  }

  /** The tests that are named as the mutated file, then the quick ones. */
  #likeliestFirst(ids, mutated) {
    const own = `/${basename(mutated, '.ts')}.test.ts#`
    const rank = (id) => (id.includes(own) ? 0 : 1)
    this.#times ??= existsSync(TIMES) ? JSON.parse(readFileSync(TIMES, 'utf8')) : {}
    const time = (id) => this.#times[id] ?? 0
    const quick = ids.filter((id) => rank(id) === 0 || id.includes(WORLD) || time(id) < SLOW_MS)
    return quick.sort((a, b) => rank(a) - rank(b) || time(a) - time(b))
  }

  /** File by file, in the order in which the first of their tests come. */
  async #run(ids, { bail }) {
    const byFile = new Map()
    for (const id of ids) {
      const file = id.slice(0, id.indexOf('#'))
      const chosen = byFile.get(file) ?? new Set()
      for (const test of this.#tests.get(id) ?? []) chosen.add(test)
      byFile.set(file, chosen)
    }
    const results = new Map()
    const run = async (test) => {
      const id = idOf(test)
      this.stryker.currentTestId = id
      const start = process.cpuUsage()
      const result = await unlessIdle(runTest(test)).then(
        () => passed(id, cpuMs(start)),
        (error) => !(error instanceof NeedsVitest) && failed(id, error, cpuMs(start)),
      )
      this.stryker.currentTestId = undefined
      if (!result) return true
      if (results.get(id)?.status !== TestStatus.Failed) results.set(id, result)
      return !bail || result.status !== TestStatus.Failed
    }
    this.#unhandled = []
    for (const [file, chosen] of byFile) {
      const goesOn = await runSuite(this.#files.get(file), chosen, run).catch((error) => {
        results.set(file, failed(file, error, 0))
        return !bail
      })
      await new Promise((done) => setImmediate(done))
      for (const error of this.#unhandled) results.set(file, failed(file, error, 0))
      if (bail && (!goesOn || this.#unhandled.length > 0)) break
    }
    return [...results.values()]
  }
}

function idOf(test) {
  const names = [test.name]
  let at = test.suite
  for (; at.parent !== undefined; at = at.parent) names.unshift(at.name)
  return `${at.name}#${names.join(' > ')}`
}

function passed(id, timeSpentMs) {
  return { id, name: id.slice(id.indexOf('#') + 1), status: TestStatus.Success, timeSpentMs }
}

function failed(id, error, timeSpentMs) {
  const failureMessage = error instanceof Error ? error.message : String(error)
  return { ...passed(id, timeSpentMs), status: TestStatus.Failed, failureMessage }
}

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

function unlessIdle(promise) {
  let timer
  const hangs = new Promise((_, reject) => {
    let last = performance.eventLoopUtilization()
    let idleMs = 0
    timer = setInterval(() => {
      const { utilization } = performance.eventLoopUtilization(last)
      last = performance.eventLoopUtilization()
      idleMs = utilization < 0.1 ? idleMs + IDLE_MS / 4 : 0
      if (idleMs >= IDLE_MS) reject(new Error('The test waits for what does not come'))
    }, IDLE_MS / 4)
  })
  return Promise.race([promise, hangs]).finally(() => clearInterval(timer))
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner),
]
