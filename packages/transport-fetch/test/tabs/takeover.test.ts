import { expect, test } from 'vitest'
import type { OpenTab } from './tab-world.ts'
import { TabWorld, type TextFile } from './tab-world.ts'
import { until } from './until.ts'

const VIDEO: TextFile = { name: 'video.mp4', content: 'abcdefghijklmnopqrstuvwx' }
const PARTS = 6

function textOf(world: TabWorld, key: string | undefined): string {
  return new TextDecoder().decode(world.backend.storage.object(key ?? ''))
}

/** Part numbers in the order in which they were sent. */
function sentParts(world: TabWorld): (number | undefined)[] {
  return world.backend.transcript.filter(({ route }) => route === 'put').map(({ part }) => part)
}

/** What is in the journal, and so must never be sent again. */
function journaledParts(world: TabWorld): number[] {
  return [...world.records.keys()].flatMap((key) => {
    const [, part] = /^p\/.*\/(\d+)$/.exec(key) ?? []
    return part === undefined ? [] : Number(part)
  })
}

/** Three tabs, the first of which leads, and an upload of the second with two confirmed parts. */
async function halfWay(world: TabWorld) {
  const first = await world.open('first')
  const second = await world.open('second')
  const third = await world.open('third')
  const held = [3, 4].map((part) => world.backend.on('put', { part }).hold())
  const upload = await second.uploader.uploadFile(VIDEO, { transferId: 'trip' })
  for (const { reached } of held) await reached
  await until(upload, ({ confirmedParts }) => confirmedParts === 2)
  const { done } = upload
  return { first, second, third, upload, done }
}

const ENDS: readonly (readonly [string, (tab: OpenTab) => Promise<void>])[] = [
  ['is closed', ({ uploader }) => uploader.close()],
  ['dies', async ({ tab }) => tab.die()],
  ['is frozen', async ({ tab }) => tab.freeze()],
  [
    'is frozen and loses its lock',
    async ({ tab }) => {
      tab.freeze()
      tab.loseLocks()
    },
  ],
]

test.each(ENDS)(
  'when the leader %s, another goes on and sends nothing confirmed again',
  async (_, end) => {
    const world = new TabWorld()
    const { first, second, third, upload, done } = await halfWay(world)
    expect(journaledParts(world)).toEqual([1, 2])
    await end(first)
    const { key } = await done
    expect(textOf(world, key)).toBe(VIDEO.content)
    expect(sentParts(world).filter((part) => part === 1 || part === 2)).toEqual([1, 2])
    // One that finds the journal still in use rests, and lets the next one try.
    expect(world.led[0]).toBe('first')
    expect(['second', 'third']).toContain(world.led.at(-1))
    // The same handle and the same promise as before.
    expect(second.uploader.uploads()).toEqual([upload])
    expect(upload.done).toBe(done)
    expect(await third.uploader.uploads()[0]?.done).toMatchObject({ confirmedParts: PARTS })
    expect(third.uploader.transfer('trip').getSnapshot().percentage).toBe(100)
    expect(world.violations).toEqual([])
  },
)

test('a frozen leader that is resumed follows the new one', async () => {
  const world = new TabWorld()
  const { first, done, upload } = await halfWay(world)
  const [seen] = first.uploader.uploads()
  const wanted = seen?.done
  first.tab.freeze()
  const { key } = await done
  first.tab.resume()
  expect((await wanted)?.key).toBe(key)
  expect(first.uploader.uploads()).toEqual([seen])
  expect(seen?.id).toBe(upload.id)
  const more = await first.uploader.uploadFile({ name: 'more', content: 'x' })
  expect((await more.done).percentage).toBe(100)
  expect(world.led.filter((name) => name === 'first')).toHaveLength(1)
  expect(world.violations).toEqual([])
})

test('a tab alone leads again after it was frozen', async () => {
  const world = new TabWorld()
  const { tab, uploader } = await world.open('first')
  const held = world.backend.on('put', { part: 3 }).hold()
  const upload = await uploader.uploadFile(VIDEO)
  const { done } = upload
  await held.reached
  tab.freeze()
  tab.freeze()
  tab.resume()
  tab.resume()
  expect(textOf(world, (await done).key)).toBe(VIDEO.content)
  expect(uploader.uploads()).toEqual([upload])
  expect(world.violations).toEqual([])
})

test('a frozen tab is not elected', async () => {
  const world = new TabWorld()
  const { first, second, third } = await halfWay(world)
  second.tab.freeze()
  first.tab.die()
  const [upload] = third.uploader.uploads()
  await upload?.done
  expect(world.led).toEqual(['first', 'third'])
})

test('what a frozen tab could not hear of it learns when it is resumed', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const held = world.backend.on('put').always().hold()
  const [a, b] = await Promise.all(
    ['a', 'b'].map((name) => second.uploader.uploadFile({ name, content: name })),
  )
  await held.reached
  second.tab.freeze()
  // Its own commands arrive, but their answers do not.
  b?.pause()
  const adding = second.uploader.uploadFile({ name: 'c', content: 'c' })
  await until(first.uploader, ({ uploads }) => uploads === 3)
  const [own] = first.uploader.uploads()
  own?.forget()
  await world.browser.arrived()
  const heard: string[] = []
  a?.subscribe(() => heard.push(a.getSnapshot().status))
  second.tab.resume()
  const c = await adding
  expect(heard).toEqual(['cancelled'])
  await expect(a?.done).rejects.toMatchObject({ code: 'cancelled' })
  expect(b?.getSnapshot().status).toBe('paused')
  expect(second.uploader.uploads()).toEqual([b, c])
  // Asked twice, it was done once.
  expect(first.uploader.uploads().map(({ id }) => id)).toEqual([b?.id, c.id])
  expect(world.violations).toEqual([])
})

test.each([
  ['before the file is recorded', async (world: TabWorld) => world.delayNextOpen().reached],
  ['once the file is recorded', async (world: TabWorld) => world.recorded()],
])('a file that is added when the leader dies, %s, is one upload', async (_, moment) => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const reached = moment(world)
  const adding = second.uploader.uploadFile(VIDEO, { onDuplicate: 'fail' })
  await reached
  first.tab.die()
  const upload = await adding
  expect(textOf(world, (await upload.done).key)).toBe(VIDEO.content)
  expect(second.uploader.uploads()).toEqual([upload])
  expect(world.backend.transcript.filter(({ route }) => route === 'start')).toHaveLength(1)
  // As a duplicate it would have been refused.
  const twice = second.uploader.uploadFile(VIDEO, { transferId: 'trip', onDuplicate: 'fail' })
  await expect(twice).resolves.toMatchObject({})
  expect(world.violations).toEqual([])
})

test('a command that the dead leader did not hear of reaches the next one', async () => {
  const world = new TabWorld()
  const { first, upload } = await halfWay(world)
  first.tab.die()
  upload.pause()
  await until(upload, ({ status }) => status === 'paused')
  expect(world.led.at(-1)).toBe('second')
  upload.resume()
  await upload.done
  expect(world.violations).toEqual([])
})

test('files added while nobody leads wait for the next leader, in their order', async () => {
  const world = new TabWorld()
  const { first, third, done } = await halfWay(world)
  first.tab.die()
  const names = ['a', 'b', 'c']
  const adding = names.map((name) => third.uploader.uploadFile({ name, content: name }))
  const added = await Promise.all(adding)
  await Promise.all([done, ...added.map((upload) => upload.done)])
  expect(third.uploader.uploads().map((upload) => upload.getSnapshot().name)).toEqual([
    VIDEO.name,
    ...names,
  ])
})

test('late words of a dead leader change nothing', async () => {
  const world = new TabWorld()
  const { first, third, done } = await halfWay(world)
  first.tab.die()
  const { key } = await done
  await third.uploader.uploads()[0]?.done
  for (const [sender, data] of [...world.browser.messages]) {
    if (sender === 'first') world.browser.repeat(data)
  }
  await world.browser.arrived()
  expect(third.uploader.uploads()[0]?.getSnapshot()).toMatchObject({ status: 'completed', key })
  const upload = await third.uploader.uploadFile({ name: 'more', content: 'x' })
  await upload.done
  expect(third.uploader.uploads()[0]?.getSnapshot()).toMatchObject({ status: 'completed', key })
  expect(third.uploader.getSnapshot().uploads).toBe(2)
  expect(world.violations).toEqual([])
})
