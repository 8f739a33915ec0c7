import { describe, expectTypeOf, test } from 'vitest'
import {
  type AggregateSnapshot,
  createUploader,
  type ErrorCode,
  type ForegroundTransport,
  isUploadError,
  type Observable,
  type PartSnapshot,
  type Transfer,
  type Upload,
  type UploadError,
  type Uploader,
  type UploadSnapshot,
} from '../../src/index.ts'

declare const blobTransport: ForegroundTransport<Blob>

describe('createUploader', () => {
  test('takes the type of files from the transport', () => {
    expectTypeOf(createUploader({ transport: blobTransport })).resolves.toEqualTypeOf<
      Uploader<Blob>
    >()
    expectTypeOf<Uploader<Blob>['uploadFile']>().parameter(0).toEqualTypeOf<Blob>()
  })

  test('needs a transport and nothing else', () => {
    // @ts-expect-error A transport is needed.
    void createUploader({})
    expectTypeOf(createUploader<Blob>)
      .parameter(0)
      .toExtend<{ transport: object }>()
    // @ts-expect-error There is no such option.
    void createUploader({ transport: blobTransport, concurency: 3 })
  })
})

describe('an uploader', () => {
  test('takes a configuration whose three endpoints are needed', () => {
    type Config = Parameters<Uploader<Blob>['setConfig']>[0]
    expectTypeOf<{
      startUploadApi: string
      getUploadUrlsApi: string
      completeApi: string
    }>().toExtend<Config>()
    expectTypeOf<{ startUploadApi: string; completeApi: string }>().not.toExtend<Config>()
    expectTypeOf<() => Promise<{ authorization: string }>>().toExtend<
      NonNullable<Config['headers']>
    >()
  })

  test('gives handles and sums', () => {
    expectTypeOf<Uploader<Blob>['uploadFile']>().returns.resolves.toEqualTypeOf<Upload>()
    expectTypeOf<ReturnType<Uploader<Blob>['uploads']>>().toEqualTypeOf<readonly Upload[]>()
    expectTypeOf<ReturnType<Uploader<Blob>['transfer']>>().toEqualTypeOf<Transfer>()
    expectTypeOf<Uploader<Blob>>().toExtend<Observable<AggregateSnapshot>>()
  })

  test('takes userParams that JSON can hold', () => {
    type Params = NonNullable<
      NonNullable<Parameters<Uploader<Blob>['uploadFile']>[1]>['userParams']
    >
    expectTypeOf<{ albumId: string; tags: string[]; at: null }>().toExtend<Params>()
    expectTypeOf<{ at: Date }>().not.toExtend<Params>()
    expectTypeOf<{ call: () => void }>().not.toExtend<Params>()
  })
})

describe('an upload', () => {
  test('is what useSyncExternalStore asks for', () => {
    expectTypeOf<Upload['getSnapshot']>().toEqualTypeOf<() => UploadSnapshot>()
    expectTypeOf<Upload['subscribe']>().toEqualTypeOf<(listener: () => void) => () => void>()
    expectTypeOf<Upload['done']>().resolves.toEqualTypeOf<UploadSnapshot>()
  })

  test('has snapshots that cannot be written to', () => {
    expectTypeOf<UploadSnapshot>().toEqualTypeOf<Readonly<UploadSnapshot>>()
    expectTypeOf<AggregateSnapshot>().toEqualTypeOf<Readonly<AggregateSnapshot>>()
    expectTypeOf<ReturnType<Upload['parts']>>().toEqualTypeOf<readonly PartSnapshot[]>()
    expectTypeOf<PartSnapshot>().toEqualTypeOf<Readonly<PartSnapshot>>()
    expectTypeOf<UploadSnapshot['error']>().toEqualTypeOf<UploadError | undefined>()
  })
})

describe('an error', () => {
  test('is told by a guard, and its code is a union', () => {
    const error: unknown = undefined
    if (isUploadError(error)) expectTypeOf(error).toEqualTypeOf<UploadError>()
    expectTypeOf<'source_changed'>().toExtend<ErrorCode>()
    expectTypeOf<string>().not.toExtend<ErrorCode>()
  })
})
