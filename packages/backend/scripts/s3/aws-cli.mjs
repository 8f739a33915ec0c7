import { join } from 'node:path'
import { pipInstall } from './install.mjs'
import { run } from './process.mjs'

const install = pipInstall('awscli-1.46.3', ['awscli==1.46.3'])

/** Runs a command of the AWS CLI as the owner of the bucket. */
export async function awsCli({ endpoint, server }, args) {
  await run(join(await install(), 'bin/aws'), args, {
    env: {
      AWS_ACCESS_KEY_ID: server.keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.keys.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  })
}
