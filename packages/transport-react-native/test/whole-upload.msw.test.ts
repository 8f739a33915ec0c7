import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { mockBackend } from '@s3-bg-uploader/testkit/msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Life, Phone } from './fake-native/phone.ts'

const backend = mockBackend({ partSize: 5 })
const server = setupServer(...backend.handlers)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => backend.reset())
afterAll(() => server.close())

const FILM = new Uint8Array(Buffer.from('a film of thirty-three bytes, yes'))
const PARTS = 7

function newPhone(): Phone {
  const phone = new Phone(backend.config)
  phone.device.files.write('/film.mp4', FILM)
  phone.device.window = { tasks: 3, bytes: 1000 }
  return phone
}

/** Goes on with what the journal holds, or begins. */
async function upload({ uploader }: Life): Promise<Upload> {
  const running = await uploader
  return running.uploads()[0] ?? running.uploadFile('file:///film.mp4')
}

/** Which part was sent to which multipart upload, and which complete was asked for. */
function sent(): { readonly puts: string[]; readonly completes: number } {
  const { transcript } = backend
  const puts = transcript.filter(({ route }) => route === 'put')
  return {
    puts: puts.map(({ uploadId, part }) => `${uploadId}/${part}`),
    completes: transcript.filter(({ route }) => route === 'complete').length,
  }
}

function expectFilm({ getSnapshot }: Upload): void {
  const { key = '', status } = getSnapshot()
  expect(status).toBe('completed')
  expect(backend.storage.object(key)).toEqual(FILM)
}

function closedAfter(uploader: Uploader<string>): Uploader<string> {
  onTestFinished(() => uploader.close())
  return uploader
}

async function lives(diesAt: number): Promise<{ phone: Phone; completedBefore: boolean }> {
  const phone = newPhone()
  phone.device.delivery = diesAt % 2 === 0 ? 'once' : 'twice'
  phone.diesAt = diesAt
  const first = phone.launch()
  const done = upload(first).then((film) => film.done)
  await Promise.race([done, first.died])
  const completedBefore = sent().completes > 0
  phone.diesAt = Number.POSITIVE_INFINITY
  // Every other time the queue sends all it has before the app is started again.
  if (diesAt % 4 < 2) await phone.device.queue.idle()
  const second = phone.launch()
  const film = await upload(second)
  await film.done
  expectFilm(film)
  await (await second.uploader).close()
  return { phone, completedBefore }
}

test('a film arrives, and whoever was woken for it is let go when all is done', async () => {
  const phone = newPhone()
  const moments: string[] = []
  phone.device.onFinishWake = () => {
    const { statuses, unsentTasks } = phone.device.queue
    const finished = statuses.length - unsentTasks
    const confirmed = film?.getSnapshot().confirmedParts ?? 0
    const left = film === undefined ? 0 : PARTS - confirmed
    const isFull = film === undefined || unsentTasks === Math.min(3, left)
    moments.push(`${finished} finished, ${isFull ? 'full' : 'not full'}`)
  }
  let film: Upload | undefined
  const life = phone.launch()
  closedAfter(await life.uploader)
  film = await upload(life)
  await film.done
  expectFilm(film)
  expect(sent()).toMatchObject({ completes: 1 })
  expect(new Set(sent().puts).size).toBe(PARTS)
  expect(phone.device.queue.mostUnsent).toBe(3)
  expect(new Set(moments)).toEqual(new Set(['0 finished, full']))
  expect(phone.problems).toEqual([])
})

describe('a process that dies', () => {
  test('at any step sends no part twice and completes the film', async () => {
    const { phone } = await lives(Number.MAX_SAFE_INTEGER)
    backend.reset()
    expect(phone.steps).toBeGreaterThan(5)
    const whole = await countSteps()
    expect(whole).toBeGreaterThan(60)
    for (let step = 1; step <= whole; step += 1) {
      const { phone, completedBefore } = await lives(step)
      const { puts, completes } = sent()
      expect([...puts].sort(), `the PUTs, dead at step ${step}`).toEqual([...new Set(puts)].sort())
      expect(puts.length, `the number of PUTs, dead at step ${step}`).toBe(PARTS)
      const most = completedBefore ? 2 : 1
      expect(completes, `complete calls, dead at step ${step}`).toBeLessThanOrEqual(most)
      expect(phone.device.queue.statuses, `the queue, dead at step ${step}`).toEqual([])
      expect(phone.problems).toEqual([])
      backend.reset()
    }
  })
})

describe('results whose events are lost', () => {
  test('come when the app comes to the foreground', async () => {
    const phone = newPhone()
    phone.device.delivery = 'never'
    const life = phone.launch('active')
    closedAfter(await life.uploader)
    const film = await upload(life)
    while (film.getSnapshot().status !== 'completed') {
      await phone.device.queue.idle()
      life.enter('background')
      life.enter('active')
      await changed(film)
    }
    expectFilm(film)
    expect(new Set(sent().puts).size).toBe(sent().puts.length)
  })

  test('come before the app that was woken for them is let go', async () => {
    const phone = newPhone()
    phone.device.delivery = 'never'
    phone.device.window = { tasks: PARTS, bytes: 1000 }
    const first = phone.launch()
    const film = await upload(first)
    while (phone.device.queue.statuses.length < PARTS) await changed(film)
    const letGo: number[] = []
    phone.device.onFinishWake = () => letGo.push(phone.device.queue.statuses.length)
    phone.device.kill()
    await phone.device.queue.idle()
    // Its list is the only thing that this life is told.
    const second = phone.launch()
    closedAfter(await second.uploader)
    const again = await upload(second)
    await again.done
    expectFilm(again)
    expect(letGo).toEqual([])
    await phone.device.called('finishWake')
    expect(letGo).toEqual([0])
  })
})

test('an app with nothing to do is let go at once', async () => {
  const phone = newPhone()
  closedAfter(await phone.launch().uploader)
  await phone.device.called('finishWake')
})

test('an app in the foreground is not asked to be let go', async () => {
  const phone = newPhone()
  const life = phone.launch('active')
  closedAfter(await life.uploader)
  await (await upload(life)).done
  expect(phone.device.calls).not.toContain('finishWake')
})

describe('a constraint', () => {
  test('that is broken holds what is on its way, and the snapshot says why', async () => {
    const phone = newPhone()
    phone.device.isMetered = true
    // So that all of the window is there, and nothing of it over.
    phone.device.queue.atOnce = 0
    const life = phone.launch()
    closedAfter(await life.uploader)
    const film = await upload(life)
    while (phone.device.queue.unsentTasks < 3) await changed(film)
    await life.transport.setConstraints({ unmetered: true })
    expect(phone.device.constraints).toEqual({
      unmetered: true,
      notRoaming: false,
      charging: false,
    })
    expect(film.getSnapshot().waitingFor).toEqual({ reason: 'constraint' })
    phone.device.queue.atOnce = 4
    expect(sent().puts).toEqual([])
    // The queue keeps what it has, for when the process is no longer there.
    expect(phone.device.queue.unsentTasks).toBe(3)
    phone.device.constrain(false)
    await film.done
    expectFilm(film)
    expect(sent().puts).toHaveLength(PARTS)
  })

  test('is known to the next life before anything goes on', async () => {
    const phone = newPhone()
    phone.device.constrain(true)
    const life = phone.launch()
    closedAfter(await life.uploader)
    const film = await upload(life)
    expect(film.getSnapshot().waitingFor).toEqual({ reason: 'constraint' })
    phone.device.constrain(false)
    await film.done
    expectFilm(film)
  })

  test('that cannot be recorded is refused, and says what to do', async () => {
    const phone = newPhone()
    const life = phone.launch()
    closedAfter(await life.uploader)
    phone.device.diskIsFull = true
    const setting = life.transport.setConstraints({ charging: true })
    await expect(setting).rejects.toMatchObject({ code: 'store_failed', retryable: true })
  })
})

test('a file that changes while its parts wait is not sent, and can be begun anew', async () => {
  const phone = newPhone()
  phone.device.queue.atOnce = 0
  const life = phone.launch()
  closedAfter(await life.uploader)
  const film = await upload(life)
  while (phone.device.queue.unsentTasks < 3) await changed(film)
  const other = FILM.map((byte) => byte ^ 1)
  phone.device.files.write('/film.mp4', other)
  phone.device.queue.atOnce = 4
  phone.device.queue.hold(false)
  await expect(film.done).rejects.toMatchObject({ code: 'source_changed' })
  expect(sent().puts).toEqual([])
  film.retry()
  await film.done
  expect(backend.storage.object(film.getSnapshot().key ?? '')).toEqual(other)
})

/** Resolves at the next change of the upload. */
function changed(film: Upload): Promise<void> {
  return new Promise((resolve) => {
    const stop = film.subscribe(() => {
      stop()
      resolve()
    })
  })
}

/** Steps of a life that nothing ends. */
async function countSteps(): Promise<number> {
  const phone = newPhone()
  const life = phone.launch()
  const film = await upload(life)
  await film.done
  const { steps } = phone
  await (await life.uploader).close()
  backend.reset()
  return steps
}
