import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { grantByBucketPolicy, grantByIam } from './grants.mjs'
import { cargoInstall, goInstall, npmInstall, pipInstall } from './install.mjs'
import { MinioIdentity } from './minio-identity.mjs'

const ACCESS = 'tests3accesskey'
const SECRET = 'tests3secretkey'
const identity = new MinioIdentity()

/**
 * The servers, those first that are installed soonest. Of each:
 *
 * - `install(signal)` gives its folder;
 * - `command(folder, { port, data })` tells how to start it on loopback, `close()` ends what that opened;
 * - `bare` says why `ownedUploads` cannot stand in front of it;
 * - `grant(site, folder, policy)` gives the credentials of somebody who may do what the policy says and no
 *   more, or `withoutPolicies` says why there is nobody like that;
 * - `faults` are the rows that it fails: what the run then says, and what is wrong with the server.
 */
export const servers = [
  {
    name: 's3rver',
    version: '3.7.1',
    production: false,
    keys: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    install: npmInstall('s3rver-3.7.1', ['s3rver@3.7.1']),
    command: (folder, { port, data }) => ({
      command: process.execPath,
      args: [
        join(folder, 'node_modules/s3rver/bin/s3rver.js'),
        ...['-d', data, '-a', '127.0.0.1', '-p', String(port), '--no-vhost-buckets'],
      ],
    }),
    bare: 'it has no ListParts, and so cannot stand behind `ownedUploads`; its other rows are without.',
    withoutPolicies: 'it has no users and no policies.',
    faults: {
      'part URLs: a bare PUT, nothing altered': {
        match: /another signature is answered 200/,
        says: 'it does not check the signatures of URLs.',
      },
      'lost ETags come back by ListParts': {
        match: /listParts answered 500/,
        says: 'it has no ListParts.',
      },
      'aborted below the client: it starts again': {
        match: /AbortMultipartUpload is refused/,
        says: 'it has no AbortMultipartUpload.',
      },
      'complete whose answer was lost': {
        match: /complete answered 503/,
        says: 'it answers 500 for an upload that is completed, where S3 says NoSuchUpload.',
      },
      'lifecycle rule': { match: /not implemented/, says: 'it has no lifecycle rules.' },
    },
  },
  {
    name: 'moto',
    version: '5.2.5',
    production: false,
    keys: { accessKeyId: ACCESS, secretAccessKey: SECRET },
    install: pipInstall('moto-5.2.5', ['moto[server,s3]==5.2.5']),
    command: (folder, { port }) => ({
      command: join(folder, 'bin/moto_server'),
      args: ['-H', '127.0.0.1', '-p', String(port)],
      // Else it refuses objects of small parts, as S3 does, and none of 10,000 parts could be made.
      env: { S3_UPLOAD_PART_MIN_SIZE: '1' },
    }),
    grant: grantByIam,
    faults: {
      'backend conformance': {
        match: /^2 of \d+ cases fail: [^;]*another signature[^;]*; [^;]*an aborted upload is gone/,
        says: 'two cases fail: it does not check the signatures of URLs, and answers 500 for an upload that was aborted.',
      },
      'part URLs: a bare PUT, nothing altered': {
        match: /another signature is answered 200/,
        says: 'it does not check the signatures of URLs.',
      },
      'expired URL: 403, then a fresh one': {
        match: /answered 200/,
        says: 'it takes parts at URLs that have expired.',
      },
      'aborted below the client: it starts again': {
        match: /part 2 was answered 500/,
        says: 'it answers 500 for an upload that was aborted, where S3 says NoSuchUpload.',
      },
      'minimal policy': {
        match: /a PUT under the policy gets 500/,
        says: 'once its IAM is enforced it answers 500 to presigned URLs.',
      },
    },
  },
  {
    name: 'versitygw',
    version: '1.8.0',
    production: true,
    keys: { accessKeyId: ACCESS, secretAccessKey: SECRET },
    install: goInstall('versitygw-1.8.0', ['github.com/versity/versitygw/cmd/versitygw@v1.8.0']),
    command: (folder, { port, data }) => {
      const [objects, users] = [join(data, 'objects'), join(data, 'users')]
      for (const path of [objects, users]) mkdirSync(path)
      const listen = ['--port', `127.0.0.1:${port}`, '--quiet']
      return {
        command: join(folder, 'versitygw'),
        args: [...listen, '--iam-dir', users, 'posix', objects],
        env: { ROOT_ACCESS_KEY: ACCESS, ROOT_SECRET_KEY: SECRET },
      }
    },
    grant: grantByBucketPolicy,
    faults: {
      'lifecycle rule': { match: /not implemented/, says: 'it has no lifecycle rules.' },
    },
  },
  {
    name: 'MinIO',
    version: '2026-02-12',
    production: true,
    keys: { accessKeyId: ACCESS, secretAccessKey: SECRET },
    install: goInstall('minio-2026-02-12', [
      'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
    ]),
    command: async (folder, { port, data }) => ({
      command: join(folder, 'minio'),
      args: ['server', data, '--address', `127.0.0.1:${port}`],
      env: {
        MINIO_ROOT_USER: ACCESS,
        MINIO_ROOT_PASSWORD: SECRET,
        MINIO_BROWSER: 'off',
        ...(await identity.open()),
      },
    }),
    grant: ({ endpoint }, _, policy) => identity.credentials(endpoint, policy),
    close: () => identity.close(),
    faults: {
      'lifecycle rule': {
        match: /not well-formed/,
        says: 'it refuses rules about unfinished uploads, and removes those by itself after `stale_uploads_expiry`, 24 hours.',
      },
    },
  },
  {
    name: 's3s-fs',
    version: '0.14.1',
    production: false,
    keys: { accessKeyId: ACCESS, secretAccessKey: SECRET },
    install: cargoInstall('s3s-fs-0.14.1', 's3s-fs', '0.14.1', 'binary'),
    command: (folder, { port, data }) => ({
      command: join(folder, 'bin/s3s-fs'),
      args: [
        ...['--host', '127.0.0.1', '--port', String(port)],
        ...['--access-key', ACCESS, '--secret-key', SECRET, data],
      ],
    }),
    bare: 'its ListParts tells no ETags, so it cannot stand behind `ownedUploads`; its other rows are without.',
    withoutPolicies: 'it has one user and no policies.',
    faults: {
      'lost ETags come back by ListParts': {
        match: /listParts answered 500/,
        says: 'its ListParts tells no ETags.',
      },
      'aborted below the client: it starts again': {
        match: /part 2 was answered 403/,
        says: 'it answers AccessDenied for an upload that was aborted, where S3 says NoSuchUpload.',
      },
      'complete whose answer was lost': {
        match: /complete answered 500/,
        says: 'it answers AccessDenied for an upload that is completed, where S3 says NoSuchUpload.',
      },
      '10,000 parts': {
        match: /without its number, its ETag/,
        says: 'its ListParts tells no ETags.',
      },
      'CORS rule, in Chromium': { match: /a page cannot PUT/, says: 'it sends no CORS headers.' },
      'read back with the AWS CLI': {
        match: /download failed/,
        says: 'it lists keys as they are and says that they are URL-encoded, so the CLI looks for other keys.',
      },
      'lifecycle rule': { match: /not implemented/, says: 'it has no lifecycle rules.' },
    },
  },
]
