import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appFolder } from '../app-folder.mjs'

const OURS = ['core', 'transport-fetch', 'react', 'backend']
const TOOLS = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  'source-map-loader': '5.0.0',
  vite: '8.3.8',
  webpack: '5.113.0',
  'webpack-cli': '6.0.1',
}

/** The app that bundlers build and that Deno and Bun run, with a backend beside it. */
export async function webApp(world) {
  const folder = await appFolder(world, 'web', OURS, TOOLS)
  const backend = fileURLToPath(new URL('../../apps/node/backend.mjs', import.meta.url))
  copyFileSync(backend, join(folder, 'backend.mjs'))
  return folder
}
