// The Chromium in which tests, pictures and benchmarks open their pages, and how it is started.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** What Chromium is started with: no services of its own, and as little of the screen as may be. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium that CHROMIUM_PATH names, or the first on PATH; undefined if there is none. */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  const candidates = process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : onPath
  return candidates.find(isExecutable)
}

/** @throws Error that says how to get one, where `findChromium` finds none. */
export function requireChromium() {
  const path = findChromium()
  if (path !== undefined) return path
  const named = process.env.CHROMIUM_PATH
  throw new Error(
    named
      ? `CHROMIUM_PATH is ${named}, and that cannot be run.`
      : 'There is no Chromium on PATH: apt-get install chromium (Debian), or set CHROMIUM_PATH to one.',
  )
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
