import { createUploader, memoryStore, UploadError } from '@s3-bg-uploader/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createSharedUploader } from '../../src/index.ts'
import { Deferred } from '../../src/tabs/deferred.ts'
import { composeSharedUploader } from '../../src/tabs/shared-uploader.ts'
import { BrowserInMemory, nextTurn } from './browser-in-memory.ts'
import { TabWorld } from './tab-world.ts'
import { until } from './until.ts'

const noTransport = {
  capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
  open: () => Promise.reject(new Error('There are no files')),
} as const

test('when the first tab cannot lead, it says why', async () => {
  const browser = new BrowserInMemory()
  const onProblem = vi.fn()
  const failing = () =>
    composeSharedUploader(
      { lead: () => Promise.reject(new UploadError('store_failed', 'No disk')), onProblem },
      browser.open('first'),
    )
  await expect(failing()).rejects.toMatchObject({ code: 'store_failed', message: 'No disk' })
  expect(onProblem).not.toHaveBeenCalled()
  // It does not stand in the way of others.
  const lead = () => createUploader({ transport: noTransport, store: memoryStore() })
  const other = await composeSharedUploader({ lead }, browser.open('second'))
  await other.close()
})

test('a tab that is elected and cannot lead lets the next one try, and tries again itself', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const third = await world.open('third')
  world.failLeading(2)
  await first.uploader.close()
  const upload = await third.uploader.uploadFile({ name: 'a', content: 'a' })
  await upload.done
  expect(world.led.slice(0, 3)).toEqual(['first', 'second', 'third'])
  expect(world.led.length).toBe(4)
  for (const { problems } of [second, third]) {
    expect(problems).toMatchObject([{ code: 'store_failed', message: 'No disk' }])
  }
})

test('a tab that is frozen before it leads does not begin to', async () => {
  const browser = new BrowserInMemory()
  const tab = browser.open('first')
  const created = new Deferred<void>()
  const opening = composeSharedUploader(
    {
      async lead() {
        await created.promise
        return createUploader({ transport: noTransport, store: memoryStore() })
      },
    },
    tab,
  )
  tab.freeze()
  created.resolve()
  await nextTurn()
  const leading = () => browser.messages.filter(([, { type }]) => type === 'leading')
  expect(leading()).toHaveLength(0)
  tab.resume()
  const uploader = await opening
  expect(leading()).toHaveLength(1)
  await uploader.close()
})

test('what a leader cannot tell others is reported, and nothing is left unhandled', async () => {
  const browser = new BrowserInMemory()
  const tab = browser.open('first')
  const onProblem = vi.fn()
  const lead = () => createUploader({ transport: noTransport, store: memoryStore() })
  const uploader = await composeSharedUploader({ lead, onProblem }, tab)
  vi.spyOn(tab.channel, 'postMessage').mockImplementation(() => {
    throw new DOMException('out of memory', 'DataCloneError')
  })
  browser.repeat({ type: 'hello', nonce: 'other-1' })
  await browser.arrived()
  await nextTurn()
  expect(onProblem).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: 'internal', cause: expect.any(DOMException) }),
  )
  await uploader.close()
})

test('an error of lead that is none of ours is told as a bug', async () => {
  const lead = () => Promise.reject(new TypeError('x is not a function'))
  await expect(
    composeSharedUploader({ lead }, new BrowserInMemory().open('first')),
  ).rejects.toMatchObject({ code: 'internal', cause: { message: 'x is not a function' } })
})

test('a file that waits for a permission: the tab with the click asks, then the leader opens it', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const held = world.backend.on('put').hold()
  const upload = await first.uploader.uploadFile(
    { name: 'a', content: 'a' },
    { transferId: 'trip' },
  )
  await held.reached
  const user = world.needPermission()
  first.tab.die()
  const [seen] = second.uploader.uploads()
  if (seen === undefined) return expect.unreachable('It is restored')
  expect(seen.id).toBe(upload.id)
  const { waitingFor } = await until(seen, (snapshot) => snapshot.waitingFor?.reason === 'file')
  expect(waitingFor?.error).toMatchObject({ code: 'permission_needed' })

  const third = await world.open('third')
  const [clicked] = third.uploader.uploads()
  expect(clicked?.getSnapshot().waitingFor?.error).toBeInstanceOf(UploadError)
  clicked?.resume()
  await clicked?.done
  expect(user.asked).toEqual(['a'])
})

test('a group that is resumed asks for all that it waits for; a leader leaves that to its transport', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const names = ['a', 'b']
  const held = world.backend.on('put').always().hold()
  for (const name of names) {
    await first.uploader.uploadFile({ name, content: name }, { transferId: 'trip' })
  }
  await held.reached
  const user = world.needPermission()
  first.tab.die()
  const second = await world.open('second')
  const third = await world.open('third')
  const allWait = async (): Promise<void> => {
    for (const upload of third.uploader.uploads()) {
      await until(upload, ({ waitingFor }) => waitingFor?.error?.code === 'permission_needed')
    }
  }
  await allWait()
  const [upload] = third.uploader.uploads()
  if (upload === undefined) return expect.unreachable('They are restored')
  const opening = until(upload, ({ waitingFor }) => waitingFor?.error === undefined)
  second.uploader.resume()
  await opening
  await allWait()
  expect(user.asked).toEqual([])
  third.uploader.transfer('other').resume()
  await world.browser.arrived()
  expect(user.asked).toEqual([])
  held.release()
  third.uploader.transfer('trip').resume()
  for (const upload of third.uploader.uploads()) await upload.done
  expect([...user.asked].sort()).toEqual(names)
})

test.each(['locks', 'BroadcastChannel'])(
  'without %s it is the uploader itself',
  async (missing) => {
    if (missing === 'BroadcastChannel') {
      vi.stubGlobal('navigator', { locks: { request: () => expect.unreachable() } })
      vi.stubGlobal('BroadcastChannel', undefined)
    } else vi.stubGlobal('navigator', undefined)
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const uploader = await createUploader({ transport: noTransport, store: memoryStore() })
    onTestFinished(() => uploader.close())
    expect(await createSharedUploader({ lead: async () => uploader })).toBe(uploader)
  },
)

test('in a browser it takes the locks, the channel and the page of that browser', async () => {
  const browser = new BrowserInMemory()
  const tab = browser.open('first')
  const request = vi.fn(tab.locks.request)
  vi.stubGlobal('navigator', { locks: { request } })
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  const uploader = await createUploader({ transport: noTransport, store: memoryStore() })
  const lead = async () => uploader
  const first = await createSharedUploader({ name: 'mine', lead })
  const never = () => expect.unreachable('The first one leads')
  const second = await createSharedUploader<unknown>({ name: 'mine', lead: never })
  expect(request.mock.calls.map(([name]) => name)).toEqual(
    Array(2).fill('s3-bg-uploader tabs 1 mine'),
  )
  await second.close()
  await first.close()
})
