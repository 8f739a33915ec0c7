import type { UploaderConfig } from '@s3-bg-uploader/core'
import type { BackendEndpoints } from '@s3-bg-uploader/testkit/conformance/backend'
import type { Command } from 'commander'
import { UsageError } from '../usage-error.ts'
import { collect } from './collect.ts'
import { parseEndpointUrl } from './endpoint-url.ts'
import { parseHeaders } from './header.ts'
import { parseInteger } from './integer.ts'

/** How a command reaches the backend: text, not yet checked. */
export interface RawBackendOptions {
  readonly start?: string
  readonly urls?: string
  readonly complete?: string
  readonly listParts?: string
  readonly abort?: string
  readonly header: readonly string[]
  readonly trailingSlash: boolean
}

/** The same, and how many parts it sends at a time. */
export interface RawEndpointOptions extends RawBackendOptions {
  readonly concurrency?: string
}

/** What every command has that talks to the backend. */
export function addBackendOptions(command: Command): Command {
  return command
    .option('--start <url>', 'startUpload endpoint (required)')
    .option('--urls <url>', 'getUploadUrls endpoint (required)')
    .option('--complete <url>', 'complete endpoint (required)')
    .option('--list-parts <url>', 'listParts endpoint: recovers lost ETags')
    .option('--abort <url>', 'abort endpoint: leaves no orphaned parts behind')
    .option('--header <text>', "'name: value' for the endpoints; repeatable", collect, [])
    .option('--no-trailing-slash', 'send the start and urls endpoints as written')
}

/** What every command has that sends files. */
export function addEndpointOptions(command: Command): Command {
  return addBackendOptions(command).option(
    '--concurrency <n>',
    'the most parts sent at the same time (default: 12)',
  )
}

/** @throws UsageError */
export function readEndpoints(options: RawEndpointOptions): {
  readonly config: UploaderConfig
  readonly concurrency: number | undefined
} {
  const { concurrency } = options
  return {
    config: {
      ...readEndpointUrls(options),
      headers: parseHeaders(options.header),
      trailingSlash: options.trailingSlash,
    },
    concurrency:
      concurrency === undefined
        ? undefined
        : parseInteger('--concurrency', concurrency, { min: 1, max: 1000 }),
  }
}

/** @throws UsageError */
export function readEndpointUrls(options: RawBackendOptions): BackendEndpoints {
  const { start, urls, complete, listParts, abort } = options
  if (start === undefined || urls === undefined || complete === undefined) {
    const missing = Object.entries({ '--start': start, '--urls': urls, '--complete': complete })
      .filter(([, url]) => url === undefined)
      .map(([option]) => option)
    throw new UsageError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      'For a backend to try it with, run: s3-bg-uploader serve',
    )
  }
  return {
    startUploadApi: parseEndpointUrl('--start', start),
    getUploadUrlsApi: parseEndpointUrl('--urls', urls),
    completeApi: parseEndpointUrl('--complete', complete),
    ...(listParts === undefined
      ? {}
      : { listPartsApi: parseEndpointUrl('--list-parts', listParts) }),
    ...(abort === undefined ? {} : { abortApi: parseEndpointUrl('--abort', abort) }),
  }
}
