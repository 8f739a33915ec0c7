import { isUploadError, UploadError } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import { humanBytes, renderTemplate } from '../../src/drop-in/notification-template.ts'
import {
  type AggregateProgress,
  createS3BgUploader,
  type S3BgUploader,
  S3BgUploaderDuplicateFileError,
  type S3BgUploaderOptions,
  S3BgUploaderResumeError,
  type UploadProgress,
} from '../../src/index.ts'
import { World } from './world.ts'

const APIS = [
  'https://api.test/start',
  'https://api.test/urls',
  'https://api.test/complete',
] as const

/** One run of the app: an uploader, and what its callback was told. */
async function launch(
  world: World,
  options: Partial<S3BgUploaderOptions> = {},
): Promise<{ readonly uploader: S3BgUploader; readonly told: Told[] }> {
  const uploader = createS3BgUploader({
    transport: world.transport(),
    store: world.store,
    platform: { clock: world.timers, fetch: world.fetch, hasher: world.hasher },
    ...options,
  })
  const told: Told[] = []
  uploader.setConfig(...APIS)
  uploader.setProgressCallback((file, session, transfer) => told.push({ file, session, transfer }))
  await uploader.ready
  return { uploader, told }
}

interface Told {
  readonly file: UploadProgress
  readonly session: AggregateProgress
  readonly transfer: AggregateProgress
}

/** What an app sees of a run: every state once. */
function statesOf(told: readonly Told[]): readonly string[] {
  const states = told.map(({ file, session }) => `${file.state} in ${session.state}`)
  return states.filter((state, at) => state !== states[at - 1])
}

function world(...paths: readonly string[]): World {
  const made = new World()
  for (const path of paths) made.files.set(path, 'ten bytes.')
  return made
}

describe('a session', () => {
  test('waits for resume, is told of at every step, and ends completed', async () => {
    const around = world('/a.mov')
    const { uploader, told } = await launch(around)
    expect(uploader.getAggregateProgress()).toMatchObject({ state: 'NOT_STARTED', totalFiles: 0 })
    const fileHash = await uploader.uploadFile('/a.mov', 'trip', { albumId: '42' })
    await around.timers.advance(1000)
    expect(around.started).toEqual([])
    expect(uploader.getProgress()).toEqual([
      {
        fileName: 'a.mov',
        fileHash,
        transferId: 'trip',
        totalBytes: 10,
        uploadedBytes: 0,
        completedParts: 0,
        totalParts: 0,
        percentage: 0,
        state: 'NOT_STARTED',
      },
    ])
    let open = (): void => {}
    around.gate = new Promise((resolve) => {
      open = resolve
    })
    await uploader.resume()
    await around.timers.advance(100)
    expect(around.started).toMatchObject([{ fileName: 'a.mov', albumId: '42' }])
    expect(uploader.getAggregateProgress('trip').state).toBe('RUNNING')
    expect(uploader.getProgress('trip', fileHash)[0]?.state).toBe('INITIALIZED')
    open()
    await around.timers.advance(1000)
    expect(around.completed).toEqual(['/complete/id-1/in/a.mov'])
    expect(uploader.getProgress('trip')).toMatchObject([
      { fileKey: 'in/a.mov', state: 'COMPLETED', percentage: 100, completedParts: 3 },
    ])
    expect(told.at(-1)).toMatchObject({
      file: { fileHash, state: 'COMPLETED' },
      session: { state: 'COMPLETED', totalTransfers: 1, completedTransfers: 1, percentage: 100 },
      transfer: { state: 'COMPLETED', totalFiles: 1, completedFiles: 1, uploadedSize: 10 },
    })
    expect(told.at(-1)?.transfer).not.toHaveProperty('totalTransfers')
    expect(statesOf(told)).toEqual([
      'NOT_STARTED in NOT_STARTED',
      'INITIALIZED in RUNNING',
      'COMPLETED in COMPLETED',
    ])
    await uploader.close()
  })

  test('a file that is added while others run begins at once, after pause it waits', async () => {
    const around = world('/a.mov', '/b.mov', '/c.mov')
    around.gate = new Promise(() => {})
    const { uploader } = await launch(around)
    await uploader.uploadFile('/a.mov', 'trip')
    await uploader.resume()
    await uploader.uploadFile('/b.mov', 'trip')
    await around.timers.advance(100)
    expect(around.started).toHaveLength(2)
    uploader.pause()
    await uploader.uploadFile('/c.mov', 'trip')
    await around.timers.advance(100)
    expect(around.started).toHaveLength(2)
    const states = uploader.getProgress().map(({ state }) => state)
    expect(states).toEqual(['PAUSED', 'PAUSED', 'NOT_STARTED'])
    expect(uploader.getAggregateProgress().state).toBe('PAUSED')
    await uploader.close()
  })

  test('files that are added at once wait for resume, all of them', async () => {
    const around = world('/a.mov', '/b.mov', '/c.mov')
    const { uploader } = await launch(around)
    await Promise.all(['/a.mov', '/b.mov', '/c.mov'].map((path) => uploader.uploadFile(path, 't')))
    await around.timers.advance(1000)
    expect(around.started).toEqual([])
    await uploader.resume()
    await around.timers.advance(1000)
    expect(around.completed).toHaveLength(3)
    // What comes after the end is a new session.
    around.files.set('/d.mov', 'ten bytes.')
    await uploader.uploadFile('/d.mov', 't')
    await around.timers.advance(1000)
    expect(around.completed).toHaveLength(3)
    expect(uploader.getAggregateProgress().state).toBe('NOT_STARTED')
    await uploader.close()
  })

  test('what failed is tried again by resume', async () => {
    const around = world('/a.mov')
    around.putStatus = 400
    const { uploader } = await launch(around)
    await uploader.uploadFile('/a.mov', 'trip')
    await uploader.resume()
    await around.timers.advance(1000)
    expect(uploader.getAggregateProgress().state).toBe('FAILED')
    around.putStatus = 200
    await uploader.resume()
    await around.timers.advance(1000)
    expect(uploader.getAggregateProgress().state).toBe('COMPLETED')
    await uploader.close()
  })

  test('cancelled files are told of once more, and are gone', async () => {
    const around = world('/a.mov', '/b.mov', '/c.mov')
    const { uploader, told } = await launch(around)
    const a = await uploader.uploadFile('/a.mov', 'trip')
    await uploader.uploadFile('/b.mov', 'trip')
    await uploader.uploadFile('/c.mov', 'scans')
    uploader.cancelFile(a)
    expect(told.at(-1)).toMatchObject({
      file: { fileHash: a, state: 'CANCELLED' },
      session: { totalFiles: 2, totalTransfers: 2 },
    })
    uploader.cancelTransfer('trip')
    expect(uploader.getProgress().map(({ fileName }) => fileName)).toEqual(['c.mov'])
    expect(uploader.getAggregateProgress().totalTransfers).toBe(1)
    uploader.cancel()
    await around.timers.advance(1000)
    expect(uploader.getProgress()).toEqual([])
    expect(uploader.getAggregateProgress().state).toBe('NOT_STARTED')
    await uploader.close()
    expect(await around.store.read()).toEqual([])
  })

  test('a file is added to a transfer once; completed, it stays what it is', async () => {
    const around = world('/a.mov')
    const { uploader } = await launch(around)
    const fileHash = await uploader.uploadFile('/a.mov', 'trip')
    const again = uploader.uploadFile('/a.mov', 'trip')
    await expect(again).rejects.toBeInstanceOf(S3BgUploaderDuplicateFileError)
    await expect(again).rejects.toMatchObject({ cause: { code: 'duplicate_upload' } })
    expect(await uploader.uploadFile('/a.mov', 'scans')).not.toBe(fileHash)
    await uploader.resume()
    await around.timers.advance(1000)
    expect(await uploader.uploadFile('/a.mov', 'trip')).toBe(fileHash)
    await uploader.close()
  })

  test('the app is in the background: the session says so, the files do not', async () => {
    const around = world('/a.mov')
    around.gate = new Promise(() => {})
    let change = (_state: string): void => {}
    const appState = {
      currentState: 'active',
      addEventListener(_: 'change', listener: (state: string) => void) {
        change = listener
        return { remove: () => {} }
      },
    }
    const { uploader } = await launch(around, { appState })
    await uploader.uploadFile('/a.mov', 'trip')
    await uploader.resume()
    await around.timers.advance(100)
    change('background')
    expect(uploader.getAggregateProgress().state).toBe('RUNNING_IN_BG')
    expect(uploader.getAggregateProgress('trip').state).toBe('RUNNING_IN_BG')
    expect(uploader.getProgress()[0]?.state).toBe('INITIALIZED')
    change('active')
    expect(uploader.getAggregateProgress().state).toBe('RUNNING')
    await uploader.close()
  })
})

describe('the next run of the app', () => {
  test('goes on with what was on its way, without being given the file again', async () => {
    const around = world('/a.mov', '/b.mov')
    around.gate = new Promise(() => {})
    const first = await launch(around)
    const a = await first.uploader.uploadFile('/a.mov', 'trip')
    await first.uploader.resume()
    await around.timers.advance(100)
    first.uploader.pause()
    await first.uploader.uploadFile('/b.mov', 'trip')
    await first.uploader.close()

    around.gate = Promise.resolve()
    const second = await launch(around)
    expect(second.told.map(({ file }) => `${file.fileName} ${file.state}`)).toEqual([
      'a.mov PAUSED',
      'b.mov NOT_STARTED',
    ])
    expect(second.uploader.getAggregateProgress().state).toBe('PAUSED')
    // Apps that were written for the other library provide it again all the same.
    expect(await second.uploader.uploadFile('/a.mov', 'trip')).toBe(a)
    await second.uploader.resume()
    await around.timers.advance(1000)
    expect(around.completed).toHaveLength(2)
    await second.uploader.close()
  })

  test('needs no resume for what was running when the app was killed', async () => {
    const around = world('/a.mov')
    let open = (): void => {}
    around.gate = new Promise(() => {})
    const first = await launch(around)
    await first.uploader.uploadFile('/a.mov', 'trip')
    await first.uploader.resume()
    await around.timers.advance(100)
    await first.uploader.close()
    around.gate = new Promise((resolve) => {
      open = resolve
    })
    around.files.set('/b.mov', 'ten bytes.')
    const second = await launch(around)
    await around.timers.advance(100)
    // What is added to a session that runs begins at once.
    await second.uploader.uploadFile('/b.mov', 'trip')
    open()
    await around.timers.advance(1000)
    expect(around.completed).toHaveLength(2)
    expect(second.uploader.getAggregateProgress().state).toBe('COMPLETED')
    await second.uploader.close()
  })

  test('resume names the files that are gone, and goes on with the others', async () => {
    const around = world('/a.mov', '/b.mov')
    around.gate = new Promise(() => {})
    const first = await launch(around)
    await first.uploader.uploadFile('/a.mov', 'trip')
    await first.uploader.uploadFile('/b.mov', 'trip')
    await first.uploader.resume()
    await around.timers.advance(100)
    await first.uploader.close()
    around.gate = Promise.resolve()
    around.files.delete('/a.mov')
    const { uploader } = await launch(around)
    await around.timers.advance(1000)
    const resuming = uploader.resume()
    await expect(resuming).rejects.toBeInstanceOf(S3BgUploaderResumeError)
    await expect(resuming).rejects.toThrow('a.mov')
    expect(around.completed).toHaveLength(1)
    around.files.set('/a.mov', 'ten bytes.')
    await uploader.uploadFile('/a.mov', 'trip')
    await around.timers.advance(1000)
    expect(around.completed).toHaveLength(2)
    await uploader.close()
  })

  test('commands that come before it is restored are not lost', async () => {
    const around = world('/a.mov')
    around.gate = new Promise(() => {})
    const first = await launch(around)
    await first.uploader.uploadFile('/a.mov', 'trip')
    await first.uploader.resume()
    await around.timers.advance(100)
    await first.uploader.close()
    const uploader = createS3BgUploader({
      transport: around.transport(),
      store: around.store,
      platform: { clock: around.timers, fetch: around.fetch, hasher: around.hasher },
    })
    uploader.setConfig(...APIS)
    uploader.cancel()
    expect(uploader.getAggregateProgress().state).toBe('NOT_STARTED')
    await uploader.ready
    await around.timers.advance(100)
    expect(uploader.getProgress()).toEqual([])
    await uploader.close()
  })

  test('a journal that cannot be opened fails ready, uploadFile and resume alike', async () => {
    const around = world('/a.mov')
    const problems: UploadError[] = []
    const uploader = createS3BgUploader({
      transport: around.transport(),
      store: {
        ...around.store,
        read: () => Promise.reject(new UploadError('store_locked', 'Open elsewhere')),
      },
      onProblem: (problem) => problems.push(problem),
    })
    uploader.pause()
    await expect(uploader.ready).rejects.toMatchObject({ code: 'store_locked' })
    await expect(uploader.resume()).rejects.toMatchObject({ code: 'store_locked' })
    await expect(uploader.uploadFile('/a.mov', 't')).rejects.toMatchObject({ code: 'store_locked' })
    expect(problems.map(({ code }) => code)).toEqual(['store_locked'])
    await uploader.close()
  })
})

test('a callback that throws is a problem of its own, at every moment', async () => {
  const around = world('/a.mov')
  const first = await launch(around)
  await first.uploader.uploadFile('/a.mov', 'trip')
  await first.uploader.close()
  const problems: UploadError[] = []
  const uploader = createS3BgUploader({
    transport: around.transport(),
    store: around.store,
    platform: { clock: around.timers, fetch: around.fetch, hasher: around.hasher },
    onProblem(problem) {
      problems.push(problem)
      throw new Error('Nor can it be told')
    },
  })
  uploader.setConfig(...APIS)
  uploader.setProgressCallback(() => {
    throw new Error('No such row')
  })
  await uploader.ready
  await uploader.uploadFile('/a.mov', 'trip')
  await uploader.resume()
  await around.timers.advance(1000)
  expect(uploader.getAggregateProgress().state).toBe('COMPLETED')
  expect(problems.length).toBeGreaterThanOrEqual(3)
  for (const { cause } of problems) expect(cause).toMatchObject({ message: 'No such row' })
  await uploader.close()
})

describe('configuration', () => {
  test('without one, resume and uploadFile say so', async () => {
    const around = world('/a.mov')
    const uploader = createS3BgUploader({ transport: around.transport(), store: around.store })
    await expect(uploader.resume()).rejects.toMatchObject({ code: 'config_missing' })
    const adding = uploader.uploadFile('/a.mov', 'trip')
    await expect(adding).rejects.toMatchObject({ code: 'config_missing' })
    await uploader.close()
  })

  test('a wrong URL is told by resume and uploadFile, until there is a right one', async () => {
    const around = world('/a.mov')
    const { uploader } = await launch(around)
    uploader.setConfig('ftp://api.test/start', APIS[1], APIS[2])
    await expect(uploader.resume()).rejects.toSatisfy(isUploadError)
    await expect(uploader.resume()).rejects.toMatchObject({ code: 'config_invalid' })
    uploader.setConfig(...APIS)
    await uploader.resume()
    await uploader.close()
  })
})

describe('the notification', () => {
  const progress: AggregateProgress = {
    percentage: 41.6,
    totalSize: 3 * 1024 ** 3,
    uploadedSize: 1_300_000,
    totalTransfers: 3,
    completedTransfers: 1,
    totalFiles: 12,
    completedFiles: 5,
    state: 'RUNNING',
  }

  test('templates say what the other library said', () => {
    const template =
      '{percentage} | {uploadedSize}/{totalSize} | {completedTransfers}/{totalTransfers} | {completedFiles}/{totalFiles} | {speed} {toString}'
    expect(renderTemplate(template, progress)).toBe(
      '42% | 1.2 MB/3.0 GB | 1/3 | 5/12 | {speed} {toString}',
    )
  })

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [1_572_864, '1.5 MB'],
    [5 * 1024 ** 4, '5120.0 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(humanBytes(bytes)).toBe(text)
  })

  test('is shown at most twice a second, ends with the truth, and failing stops nothing', async () => {
    const around = world()
    around.files.set('/a.mov', 'x'.repeat(1000))
    const shown: (readonly [time: number, title: string, subtitle: string])[] = []
    const problems: UploadError[] = []
    const { uploader } = await launch(around, {
      async notify(title, subtitle) {
        shown.push([around.timers.now(), title, subtitle])
        if (shown.length === 1) throw new Error('POST_NOTIFICATIONS was not granted')
      },
      onProblem: (problem) => problems.push(problem),
    })
    await uploader.uploadFile('/a.mov', 'trip')
    await around.timers.advance(1000)
    expect(shown).toEqual([])
    uploader.setTaskTitle('Uploading {totalFiles} files')
    uploader.setTaskSubtitle('{percentage} of {totalSize}')
    let next = (): void => {}
    around.gate = new Promise((resolve) => {
      next = resolve
    })
    await uploader.resume()
    // One round of parts every 50 ms.
    for (let turn = 0; turn < 50; turn++) {
      const open = next
      around.gate = new Promise((resolve) => {
        next = resolve
      })
      open()
      await around.timers.advance(50)
    }
    next()
    around.gate = Promise.resolve()
    await around.timers.advance(1000)
    expect(shown.at(-1)?.slice(1)).toEqual(['Uploading 1 files', '100% of 1000 B'])
    const times = shown.map(([time]) => time)
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    expect(gaps.length).toBeGreaterThan(2)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500)
    expect(problems).toMatchObject([{ cause: { message: 'POST_NOTIFICATIONS was not granted' } }])
    await uploader.close()
  })
})
