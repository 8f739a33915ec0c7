import { UsageError } from '../usage-error.ts'

/** Checks the URL of an endpoint. The value is not repeated in errors: its query may be a secret. */
export function parseEndpointUrl(option: string, value: string): string {
  if (!URL.canParse(value)) {
    throw new UsageError(`${option} is not a URL`, 'Write it in full, as in https://host/path.')
  }
  const { protocol, username, password } = new URL(value)
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UsageError(`${option} must be an http: or https: URL`)
  }
  if (username + password !== '') {
    throw new UsageError(
      `${option} must not hold credentials`,
      'Give them with --header; serve takes those of the environment.',
    )
  }
  return value
}
