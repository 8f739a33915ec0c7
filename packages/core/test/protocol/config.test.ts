import { expect, test } from 'vitest'
import { parseConfig } from '../../src/protocol/config.ts'
import type { UploaderConfig } from '../../src/uploader/types.ts'
import { endpoints } from './wire.ts'

const required = {
  startUploadApi: endpoints.startUploadApi,
  getUploadUrlsApi: endpoints.getUploadUrlsApi,
  completeApi: endpoints.completeApi,
}

test('defaults are filled in', () => {
  expect(parseConfig(required)).toEqual({
    ...required,
    listPartsApi: undefined,
    abortApi: undefined,
    headers: undefined,
    trailingSlash: true,
    etag: 'unquoted',
  })
})

test.each([undefined, null, 'x', []])('%j is no configuration', (config) => {
  expect(() => parseConfig(config as never)).toThrow('The configuration must be a plain object')
})

test('what is given is kept', () => {
  const headers = async () => ({ authorization: 'Bearer x' })
  const config = { ...endpoints, headers, trailingSlash: false, etag: 'verbatim' } as const
  expect(parseConfig(config)).toEqual(config)
})

test('headers are copied, so that what was checked is what is sent', () => {
  const headers: Record<string, string> = { authorization: 'Bearer x' }
  const config = parseConfig({ ...required, headers })
  headers.authorization = 'a\nb'
  expect(config.headers).toEqual({ authorization: 'Bearer x' })
})

test.each([
  'http://localhost:8080/start',
  'HTTPS://backend.test',
  'https://backend.test/a?code=1&x=https://other.test/@',
  'http://[::1]:3000/start/',
  'https://backend.test/@app/start',
  'https://backend.test//app@2/start',
])('%s is an endpoint', (startUploadApi) => {
  expect(parseConfig({ ...required, startUploadApi }).startUploadApi).toBe(startUploadApi)
})

const bad = (option: string, value: unknown) => ({ option, value })

test.each([
  bad('startUploadApi', undefined),
  bad('startUploadApi', ''),
  bad('startUploadApi', '/upload/start'),
  bad('startUploadApi', 'backend.test/start'),
  bad('startUploadApi', 'ftp://backend.test/start'),
  bad('startUploadApi', 'https:///start'),
  bad('startUploadApi', ' https://backend.test'),
  bad('startUploadApi', 'https://backend.test/a b'),
  bad('startUploadApi', 'https://backend.test/a\n'),
  bad('startUploadApi', 'https://backend.test/#start'),
  bad('startUploadApi', 'https://backend.test\\start'),
  bad('startUploadApi', 'https://user:password@backend.test/'),
  bad('startUploadApi', new URL('https://backend.test/')),
  bad('getUploadUrlsApi', 'urls'),
  bad('completeApi', 7),
  bad('listPartsApi', ''),
  bad('abortApi', null),
  bad('trailingSlash', 'no'),
  bad('etag', 'quoted'),
  bad('headers', 'authorization: x'),
  bad('headers', new Headers({ authorization: 'x' })),
  bad('headers', [['authorization', 'x']]),
])('$option: $value is refused', ({ option, value }) => {
  const config = { ...required, [option]: value } as unknown as UploaderConfig
  expect(() => parseConfig(config)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(option) }),
  )
})

test.each([
  [{ authorization: undefined }, 'headers.authorization must be a string, not undefined'],
  [{ 'x-number': 7 }, 'headers.x-number must be a string, not number'],
  [{ 'x-null': null }, 'headers.x-null must be a string, not null'],
  [{ 'x-lines': 'secret\r\nx: y' }, 'headers.x-lines holds characters that HTTP does not allow'],
  [{ 'x-emoji': 'secret ☃' }, 'headers.x-emoji holds characters that HTTP does not allow'],
  [{ 'a b': 'secret' }, 'headers has a name that HTTP does not allow'],
  [{ '': 'secret' }, 'headers has a name that HTTP does not allow'],
])('headers %j', (headers, message) => {
  const config = { ...required, headers } as unknown as UploaderConfig
  expect(() => parseConfig(config)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message }),
  )
})

test.each([undefined, null, 'https://backend.test', []])('%s is no configuration', (config) => {
  expect(() => parseConfig(config as unknown as UploaderConfig)).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  )
})

test('a password in a URL is not repeated', () => {
  const startUploadApi = 'https://user:hunter22@backend.test/'
  expect(() => parseConfig({ ...required, startUploadApi })).toThrow(/^((?!hunter22).)*$/)
})
