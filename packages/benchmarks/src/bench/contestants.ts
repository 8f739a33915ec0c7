import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { certificatePath } from './server/certificate.ts'
import type { Task } from './task.ts'

/** Something that does a task in a process of its own. */
export interface Contestant {
  readonly name: string
  /** What must be installed for it. */
  readonly needs: 'nothing' | 'npm peers' | 'aws' | 'curl'
  readonly start: Script | Command
}

/** A file of `clients/`, which measures itself. */
export interface Script {
  readonly kind: 'script'
  readonly file: string
  readonly argument: string | undefined
}

/** A program that knows nothing of us, and is measured from outside. */
export interface Command {
  readonly kind: 'command'
  readonly commandLine: (task: Task) => CommandLine
}

export interface CommandLine {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

function script(
  name: string,
  needs: 'nothing' | 'npm peers',
  file: string,
  argument?: string,
): Contestant {
  return { name, needs, start: { kind: 'script', file, argument } }
}

export const ours: Contestant = script('s3-bg-uploader', 'nothing', 'ours.js')
export const oursWithoutJournal: Contestant = script(
  's3-bg-uploader, no journal',
  'nothing',
  'ours.js',
  'no-journal',
)
export const libStorage: Contestant = script('lib-storage', 'npm peers', 'lib-storage.js')
export const libStorageUnchecked: Contestant = script(
  'lib-storage, no checksums',
  'npm peers',
  'lib-storage.js',
  'no-checksums',
)
export const minio: Contestant = script('minio', 'npm peers', 'minio.js')
export const tus: Contestant = script('tus-js-client', 'npm peers', 'tus.js')
export const oursHashing: Contestant = script('s3-bg-uploader', 'nothing', 'hashing.js', 'ours')
export const md5: Contestant = script('node:crypto, MD5', 'nothing', 'hashing.js', 'md5')
export const reading: Contestant = script('reading only', 'nothing', 'hashing.js', 'reading')
export const oursInMemory: Contestant = script('s3-bg-uploader', 'nothing', 'many-parts.js', 'ours')
export const bareLoop: Contestant = script('bare promises', 'nothing', 'many-parts.js', 'bare')

/** The floor: one PUT a file, no parts, no hash. */
export const curl: Contestant = {
  name: 'curl',
  needs: 'curl',
  start: {
    kind: 'command',
    commandLine: ({ origin, paths, slots, scratch }) => {
      const config = join(scratch, 'curl')
      const transfers = paths.map(
        (path) =>
          `upload-file = "${path}"\nurl = "${origin}/bucket/${basename(path)}"\noutput = "/dev/null"\n`,
      )
      writeFileSync(config, transfers.join(''))
      const args = ['--silent', '--show-error', '--fail', '--cacert', certificatePath]
      const parallel = ['--parallel', '--parallel-max', String(slots)]
      // With Expect, curl would wait for a server that has nothing to say yet.
      return { program: 'curl', args: [...args, ...parallel, '-H', 'Expect:', '-K', config] }
    },
  },
}

/** @param program path of the AWS CLI. */
export function awsCli(program: string): Contestant {
  return {
    name: 'aws s3 cp',
    needs: 'aws',
    start: {
      kind: 'command',
      commandLine: ({ origin, directory, partSize, slots, scratch }) => {
        const config = join(scratch, 'aws')
        const s3 = [
          `max_concurrent_requests = ${slots}`,
          `multipart_threshold = ${partSize + 1}`,
          `multipart_chunksize = ${partSize}`,
        ]
        writeFileSync(config, `[default]\ns3 =\n  ${s3.join('\n  ')}\n`)
        return {
          program,
          args: ['s3', 'cp', '--recursive', '--only-show-errors', directory, 's3://bucket/'],
          env: {
            AWS_ACCESS_KEY_ID: 'benchmark',
            AWS_SECRET_ACCESS_KEY: 'benchmark',
            AWS_DEFAULT_REGION: 'us-east-1',
            AWS_ENDPOINT_URL: origin,
            AWS_CA_BUNDLE: certificatePath,
            AWS_CONFIG_FILE: config,
            AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          },
        }
      },
    },
  }
}
