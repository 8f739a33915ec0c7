import { readFileSync } from 'node:fs'
import {
  GetBucketLifecycleConfigurationCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'

const page = new URL('../../../docs/s3-bucket.md', import.meta.url)

/** What the guide tells people to give to their bucket: the JSON below `<!-- kit: name -->`. */
export function kit(name) {
  const text = readFileSync(page, 'utf8')
  const block = new RegExp(`<!-- kit: ${name} -->\\s*\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(text)
  if (block === null) throw new Error(`The guide has no JSON for ${name}`)
  return JSON.parse(block[1])
}

export async function lifecycleRow({ client, bucket: Bucket }) {
  const LifecycleConfiguration = kit('lifecycle')
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
  const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
  const days = Rules?.[0]?.AbortIncompleteMultipartUpload?.DaysAfterInitiation
  const [rule] = LifecycleConfiguration.Rules
  if (days !== rule.AbortIncompleteMultipartUpload.DaysAfterInitiation) {
    throw new Error(`the rule comes back as ${JSON.stringify(Rules)}`)
  }
}

/** Somebody who may do what the policy says, and no more, uploads; and may do nothing else. */
export async function policyRow(site, folder) {
  const { grant, withoutPolicies } = site.server
  if (grant === undefined) return { cell: '–', note: withoutPolicies }
  const policy = JSON.parse(JSON.stringify(kit('policy')).replaceAll('my-bucket', site.bucket))
  const credentials = await grant(site, folder, policy)
  const client = site.clientOf(credentials)
  try {
    const { storage } = await site.backend({ client })
    for (const end of ['complete', 'abort']) {
      const { upload, url } = await site.begin(storage, 'by-policy.bin')
      const answer = await fetch(url, { method: 'PUT', body: 'bytes' })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`a PUT under the policy gets ${answer.status}`)
      const parts = await storage.listParts(upload)
      if (end === 'abort') {
        await storage.abort(upload)
        continue
      }
      await storage.complete(upload, parts)
      // Recognised by its ETag.
      await storage.complete(upload, parts)
    }
    const more = [new ListObjectsV2Command({ Bucket: site.bucket }), new ListBucketsCommand({})]
    for (const command of more) {
      const refused = await client.send(command).then(
        ({ Buckets }) => Buckets?.length === 0,
        (error) => error.$metadata?.httpStatusCode === 403,
      )
      if (!refused) throw new Error(`${command.constructor.name} is not kept from him`)
    }
  } finally {
    client.destroy()
  }
}
