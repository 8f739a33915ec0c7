import { expect } from 'vitest'

/**
 * As much of Vitest's API as the tests use, for running single tests again and again in one process:
 * Vitest itself needs half a second for every run, and there are thousands of mutants.
 */
export class Suite {
  constructor(name, parent) {
    this.name = name
    this.parent = parent
    this.children = []
    this.hooks = { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] }
  }

  *tests() {
    for (const child of this.children) {
      if (child instanceof Suite) yield* child.tests()
      else yield child
    }
  }
}

/** Thrown where a test mocks modules or globals, which Vitest alone can do: it is left out. */
export class NeedsVitest extends Error {}

/** What `import 'vitest'` gives the tests; what they declare is added to the suite of `current()`. */
export function testApi(current, enter) {
  const test = (name, body) => {
    const suite = current()
    suite.children.push({ name, body, suite })
  }
  test.fails = (name, body) =>
    test(name, async () => {
      const failed = await Promise.resolve()
        .then(body)
        .then(
          () => false,
          () => true,
        )
      if (!failed) throw new Error('The test was expected to fail')
    })
  const describe = (name, body) => {
    const suite = new Suite(name, current())
    current().children.push(suite)
    enter(suite, body)
  }
  const each = (declare) => (cases) => (name, body) =>
    cases.forEach((values, index) => {
      const given = Array.isArray(values) ? values : [values]
      declare(`${name} #${index}`, () => body(...given))
    })
  test.each = each(test)
  describe.each = each(describe)
  const hook = (kind) => (body) => current().hooks[kind].push(body)
  return {
    describe,
    test,
    expect,
    vi: new Proxy(
      {},
      {
        get: (_, name) => () => {
          throw new NeedsVitest(String(name))
        },
      },
    ),
    beforeAll: hook('beforeAll'),
    afterAll: hook('afterAll'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
  }
}

/** Runs the chosen tests below `suite`; `run` is given each of them and says whether to go on. */
export async function runSuite(suite, chosen, run) {
  const children = suite.children.filter((child) =>
    child instanceof Suite
      ? [...child.tests()].some((test) => chosen.has(test))
      : chosen.has(child),
  )
  let goesOn = children.length > 0
  if (!goesOn) return true
  for (const body of suite.hooks.beforeAll) await body()
  for (const child of children) {
    if (!goesOn) break
    goesOn = child instanceof Suite ? await runSuite(child, chosen, run) : await run(child)
  }
  for (const body of suite.hooks.afterAll) await body()
  return goesOn
}

/** One test with the hooks around it. */
export async function runTest({ body, suite }) {
  const line = []
  for (let at = suite; at !== undefined; at = at.parent) line.unshift(at)
  try {
    for (const { hooks } of line) for (const before of hooks.beforeEach) await before()
    await body({})
  } finally {
    for (const { hooks } of line.reverse()) for (const after of hooks.afterEach) await after()
  }
}
