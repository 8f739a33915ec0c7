import { appFolder } from '../app-folder.mjs'
import { nodeVersion, run } from '../run.mjs'

const OURS = ['core', 'transport-node', 'transport-fetch', 'react', 'backend', 'testkit', 'cli']
const PEERS = {
  '@aws-sdk/client-s3': '3.1163.0',
  '@aws-sdk/s3-request-presigner': '3.1163.0',
  msw: '2.15.0',
  react: '19.3.1',
}

const prepare = (world) => appFolder(world, 'node', OURS, PEERS)

export const nodes = [20, 22, 24, 26].map((major) => ({
  name: `Node ${major}`,
  prepare,
  async check(folder) {
    const [npx, ...args] = nodeVersion(major)
    const node = async (program, ...rest) =>
      (await run(npx, [...args, program, ...rest], folder)).stdout.trim()
    const entries = await node('entries.mjs')
    const version = await node('upload.mjs')
    if (!version.startsWith(`v${major}.`)) throw new Error(`That was Node ${version}`)
    const help = await node('node_modules/@s3-bg-uploader/cli/bin/s3-bg-uploader.js', '--help')
    if (!help.includes('upload')) throw new Error(`The command line says:\n${help}`)
    return `${version}: ${entries} entries, an upload, the command line`
  },
}))
