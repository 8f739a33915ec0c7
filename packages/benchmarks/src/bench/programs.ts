import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CommandLine, Contestant } from './contestants.ts'
import type { ProgramName } from './peers.ts'
import { certificatePath } from './server/certificate.ts'
import type { Task } from './task.ts'

const AWS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'benchmark',
  AWS_SECRET_ACCESS_KEY: 'benchmark',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_REGION: 'us-east-1',
  AWS_CA_BUNDLE: certificatePath,
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
}

export type Programs = Readonly<Record<ProgramName, Contestant>>

/** Programs that upload a folder, given where those are that can be had. */
export function programs(found: Readonly<Partial<Record<ProgramName, string>>>): Programs {
  const contestant = (
    name: string,
    needs: ProgramName,
    argumentsFor: (task: Task) => Omit<CommandLine, 'program'>,
  ): Contestant => ({
    name,
    needs,
    start: {
      kind: 'command',
      commandLine: (task) => ({ program: found[needs] ?? needs, ...argumentsFor(task) }),
    },
  })
  return {
    curl: contestant('curl', 'curl', curl),
    aws: contestant('aws s3 cp', 'aws', aws),
    s5cmd: contestant('s5cmd', 's5cmd', s5cmd),
    rclone: contestant('rclone', 'rclone', rclone),
  }
}

/** The floor: one PUT a file, no parts, no hash. */
function curl({ origin, paths, slots, scratch }: Task): Omit<CommandLine, 'program'> {
  const config = join(scratch, 'curl')
  const transfers = paths.map(
    (path) =>
      `upload-file = "${path}"\nurl = "${origin}/bucket/${basename(path)}"\noutput = "/dev/null"\n`,
  )
  writeFileSync(config, transfers.join(''))
  const args = ['--silent', '--show-error', '--fail', '--cacert', certificatePath]
  const parallel = ['--parallel', '--parallel-max', String(slots)]
  // With Expect, curl would wait for a server that has nothing to say yet.
  return { args: [...args, ...parallel, '-H', 'Expect:', '-K', config] }
}

function aws(task: Task): Omit<CommandLine, 'program'> {
  const { origin, directory, partSize, slots, scratch } = task
  const config = join(scratch, 'aws')
  const s3 = [
    `max_concurrent_requests = ${slots}`,
    `multipart_threshold = ${partSize + 1}`,
    `multipart_chunksize = ${partSize}`,
  ]
  writeFileSync(config, `[default]\ns3 =\n  ${s3.join('\n  ')}\n`)
  return {
    args: ['s3', 'cp', '--recursive', '--only-show-errors', directory, 's3://bucket/'],
    env: { ...AWS_ENVIRONMENT, AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: origin },
  }
}

function s5cmd(task: Task): Omit<CommandLine, 'program'> {
  const { origin, directory, partSize } = task
  const { files, parts } = share(task)
  const all = ['--endpoint-url', origin, '--numworkers', String(files), '--log', 'error', 'cp']
  const cut = ['--concurrency', String(parts), '--part-size', String(partSize / 1024 ** 2)]
  return { args: [...all, ...cut, `${directory}/`, 's3://bucket/'], env: AWS_ENVIRONMENT }
}

/**
 * As it comes, MD5 of large files included, but asks nothing of a bucket that forgets what it is given: a
 * multi-thread copy would look for the object, so parts are sent by what knows S3 alone.
 */
function rclone(task: Task): Omit<CommandLine, 'program'> {
  const { origin, directory, partSize } = task
  const { files, parts } = share(task)
  return {
    args: [
      ...['copy', directory, ':s3:bucket', '--config', '/dev/null', '--ca-cert', certificatePath],
      ...['--s3-provider', 'Other', '--s3-env-auth', '--s3-endpoint', origin],
      ...['--s3-upload-cutoff', `${partSize}B`, '--s3-chunk-size', `${partSize}B`],
      ...['--s3-upload-concurrency', String(parts), '--multi-thread-streams', '0'],
      ...['--transfers', String(files)],
      ...['--no-check-dest', '--s3-no-check-bucket', '--s3-no-head', '--ignore-checksum'],
      ...['--s3-use-multipart-etag=false', '--log-level', 'ERROR', '--retries', '1'],
    ],
    env: AWS_ENVIRONMENT,
  }
}

/** How many files at once, and how many parts of each, where a program has no slots for both. */
function share({ bytes, paths, partSize, slots }: Task): { files: number; parts: number } {
  return bytes / paths.length > partSize ? { files: 1, parts: slots } : { files: slots, parts: 1 }
}
