import { join } from 'node:path'
import { appFolder } from '../app-folder.mjs'
import { run } from '../run.mjs'

const VERSIONS = { 5.8: '5.8.3', 5.9: '5.9.3', '6.0': '6.0.3', '7.0': '7.0.2' }
const OURS = [
  'core',
  'transport-node',
  'transport-fetch',
  'transport-react-native',
  'react',
  'backend',
  'testkit',
  'cli',
]
const PEERS = {
  '@aws-sdk/client-s3': '3.1163.0',
  '@aws-sdk/s3-request-presigner': '3.1163.0',
  '@types/node': '20.19.9',
  '@types/react': '19.3.0',
  msw: '2.15.0',
  react: '19.3.1',
}
/** What is written for Node is resolved as Node does; a bundler builds the others. */
const PROGRAMS = { nodenext: ['node', 'testkit', 'web', 'native'], bundler: ['web', 'native'] }

const prepare = (world) =>
  appFolder(world, 'types', OURS, {
    ...PEERS,
    ...Object.fromEntries(
      Object.entries(VERSIONS).map(([name, version]) => [
        `typescript-${name}`,
        `npm:typescript@${version}`,
      ]),
    ),
  })

export const typescripts = Object.entries(VERSIONS).flatMap(([name, version]) =>
  Object.entries(PROGRAMS).map(([resolution, programs]) => ({
    name: `TypeScript ${name} ${resolution}`,
    prepare,
    async check(folder) {
      const compiler = join(folder, `node_modules/typescript-${name}/bin/tsc`)
      for (const program of programs) {
        await run(process.execPath, [compiler, '-p', `${program}.${resolution}.json`], folder)
      }
      return `${version}: ${programs.join(', ')}, with skipLibCheck off`
    },
  })),
)
