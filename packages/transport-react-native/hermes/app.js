// What runs in the Hermes VM: uploads on stubbed ports, hashed by the plain-JS hasher and natively,
// and one whose JS dies while the native queue goes on. It prints one line of JSON for check.mjs.
/* global print */
import { createUploader, memoryStore } from '@s3-bg-uploader/core'
import { reactNativeTransport } from '@s3-bg-uploader/transport-react-native'
import { content } from './content.js'

const MiB = 1024 * 1024
const endpoints = {
  startUploadApi: 'http://127.0.0.1/start',
  getUploadUrlsApi: 'http://127.0.0.1/urls',
  completeApi: 'http://127.0.0.1/complete',
}

/** A backend that remembers what it was asked. */
function stubbedBackend() {
  const calls = []
  const fetch = async (url, request) => {
    const call = url.split('/')[3]
    const body = JSON.parse(request.body)
    calls.push({ call, url, body })
    const answers = {
      start: () => ({ key: 'films/été 1.mp4', uploadId: 'u/1', partSize: MiB }),
      urls: () => ({
        urls: Object.fromEntries(
          body.parts.map((part) => [part, `http://127.0.0.1/put?part=${part}`]),
        ),
      }),
      complete: () => ({}),
    }
    return {
      status: 200,
      headers: { get: () => null },
      text: async () => JSON.stringify(answers[call]()),
    }
  }
  return { calls, fetch }
}

/** The VM's setTimeout does not wait: it only lets everything else go first. So time passes here. */
const timers = new Set()
const clock = {
  now: () => Date.now(),
  wall: () => Date.now(),
  setTimer: (callback, delayMs) => {
    const timer = { callback, at: Date.now() + delayMs }
    timers.add(timer)
    return () => timers.delete(timer)
  },
}

async function turn() {
  await new Promise((next) => setTimeout(next, 0))
  for (const timer of timers) {
    if (timer.at > Date.now()) continue
    timers.delete(timer)
    timer.callback()
  }
}

/** Lets time pass until the promise is settled; gives up after a minute. */
async function settled(promise) {
  let over = false
  const end = () => {
    over = true
  }
  promise.then(end, end)
  const deadline = Date.now() + 60_000
  while (!over) {
    if (Date.now() > deadline) throw new Error('It is not over after a minute.')
    await turn()
  }
  return promise
}

/** Sends while the app lives, and leaves the hashing to JS. */
function foregroundTransport() {
  return {
    capabilities: { progress: true, reopen: false, nativeHash: false, background: false },
    open: async () => ({
      name: 'film.mp4',
      size: content.length,
      lastModified: 1,
      ref: undefined,
      read: async ({ start, end }) => content.subarray(start, end),
      put: async ({ range, onProgress }) => {
        onProgress(range.end - range.start)
        return { status: 200, headers: { ETag: `"${range.start}"` } }
      },
      close: async () => {},
    }),
  }
}

/** The native side: keeps its tasks whatever becomes of the JS, and answers when it is told to. */
function nativeModule(hash) {
  const tasks = new Map()
  const listeners = new Set()
  const events = (set) => (listener) => {
    set.add(listener)
    return { remove: () => set.delete(listener) }
  }
  return {
    put: [],
    answerAll() {
      for (const [id, task] of tasks) {
        if (task.state !== 'waiting') continue
        this.put.push(task.url)
        const status = {
          id,
          state: 'answered',
          status: 200,
          headers: [{ name: 'etag', value: `"${task.start}"` }],
        }
        tasks.set(id, status)
        for (const listener of listeners) listener(status)
      }
    },
    forgetListeners: () => listeners.clear(),
    open: async () => ({ name: 'film.mp4', size: content.length, lastModified: 1 }),
    read: async () => {
      throw new Error('Bytes never cross the bridge.')
    },
    hash: async () => hash,
    cancelHash: async () => {},
    enqueue: async (added) => {
      for (const task of added) {
        if (!tasks.has(task.id)) tasks.set(task.id, { ...task, state: 'waiting' })
      }
    },
    list: async () => [...tasks.values()].map(({ url, file, start, end, ...status }) => status),
    cancel: async (ids) => {
      for (const id of ids) tasks.delete(id)
    },
    acknowledge: async (ids) => {
      for (const id of ids) tasks.delete(id)
    },
    window: async () => ({ tasks: 100, bytes: 1024 * MiB }),
    setConstraints: async () => {},
    isConstrained: async () => false,
    setNotification: async () => {},
    finishWake: async () => {},
    onTask: events(listeners),
    onHashed: events(new Set()),
    onConstrained: events(new Set()),
  }
}

async function uploadInForeground() {
  const backend = stubbedBackend()
  const uploader = await createUploader({
    transport: foregroundTransport(),
    platform: { clock, fetch: backend.fetch },
  })
  uploader.setConfig(endpoints)
  const before = Date.now()
  const upload = await uploader.uploadFile('film.mp4')
  await settled(upload.done)
  const { status } = upload.getSnapshot()
  await uploader.close()
  return { status, calls: backend.calls, ms: Date.now() - before, bytes: content.length }
}

async function uploadOverTwoLives(hash) {
  const backend = stubbedBackend()
  const native = nativeModule(hash)
  const store = memoryStore()
  const platform = { clock, fetch: backend.fetch }
  const first = await createUploader({
    transport: reactNativeTransport({ native }),
    store,
    platform,
  })
  first.setConfig(endpoints)
  await first.uploadFile('file:///films/my%20film.mp4')
  for (let turns = 0; turns < 50; turns++) await turn()
  // The process is gone: nobody listens, nobody closes anything.
  native.forgetListeners()
  const queued = (await native.list()).length
  native.answerAll()
  const second = await createUploader({
    transport: reactNativeTransport({ native }),
    store,
    platform,
  })
  second.setConfig(endpoints)
  const [upload] = second.uploads()
  await settled(upload.done)
  const { status } = upload.getSnapshot()
  await second.close()
  return { status, queued, puts: native.put.length, calls: backend.calls }
}

uploadInForeground()
  .then(async (foreground) => {
    const { fileHash } = foreground.calls[0].body
    return { foreground, background: await uploadOverTwoLives(fileHash) }
  })
  .then((result) => print(JSON.stringify(result)))
  .catch((error) => print(JSON.stringify({ failed: String(error), stack: error?.stack })))
