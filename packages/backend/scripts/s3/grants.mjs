// Ways to let somebody do what a policy says and no more, where servers have their own.
import { join } from 'node:path'
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { run } from './process.mjs'

const UPLOADER = { accessKeyId: 'uploaderaccess', secretAccessKey: 'uploadersecret' }

/** versitygw: a user without rights, and the policy as one of the bucket that names him. */
export async function grantByBucketPolicy({ client, bucket, endpoint, server }, folder, policy) {
  const { accessKeyId, secretAccessKey } = UPLOADER
  const { keys } = server
  const root = ['--access', keys.accessKeyId, '--secret', keys.secretAccessKey]
  const user = ['--access', accessKeyId, '--secret', secretAccessKey, '--role', 'user']
  await run(join(folder, 'versitygw'), [
    'admin',
    ...root,
    '--endpoint-url',
    endpoint,
    'create-user',
    ...user,
  ])
  const Principal = { AWS: [accessKeyId] }
  const Statement = policy.Statement.map((statement) => ({ ...statement, Principal }))
  const Policy = JSON.stringify({ ...policy, Statement })
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
  return UPLOADER
}

/** moto: a user of its IAM, which is enforced from then on. */
export async function grantByIam({ endpoint }, folder, policy) {
  const script = `
import boto3, json, sys
iam = boto3.client('iam', endpoint_url=sys.argv[1], region_name='us-east-1',
                   aws_access_key_id='root', aws_secret_access_key='root')
iam.create_user(UserName='uploader')
iam.put_user_policy(UserName='uploader', PolicyName='minimal', PolicyDocument=sys.argv[2])
print(json.dumps(iam.create_access_key(UserName='uploader')['AccessKey'], default=str))`
  const args = ['-c', script, endpoint, JSON.stringify(policy)]
  const key = JSON.parse(await run(join(folder, 'bin/python'), args))
  await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' })
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey }
}
