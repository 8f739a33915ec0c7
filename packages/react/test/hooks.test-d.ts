import type { Transfer, Upload, Uploader, UploadSnapshot } from '@s3-bg-uploader/core'
import type { ReactElement } from 'react'
import { describe, expectTypeOf, test } from 'vitest'
import {
  type LiveUpload,
  UploaderProvider,
  type UploaderProviderProps,
  useSnapshot,
  type useTransfer,
  useUpload,
  useUploader,
  useUploads,
} from '../src/index.ts'

declare const files: Uploader<File>
declare const upload: Upload

describe('UploaderProvider', () => {
  test('takes an uploader of any files, or none yet, but not nothing', () => {
    expectTypeOf(UploaderProvider<File>).returns.toEqualTypeOf<ReactElement>()
    expectTypeOf<{ uploader: typeof files }>().toExtend<UploaderProviderProps<File>>()
    expectTypeOf<{ uploader: undefined }>().toExtend<UploaderProviderProps<File>>()
    expectTypeOf<object>().not.toExtend<UploaderProviderProps<File>>()
  })
})

describe('useUploader', () => {
  test('has the type of files that the caller names', () => {
    expectTypeOf(useUploader<File>).returns.toEqualTypeOf<Uploader<File> | undefined>()
  })

  test('takes no file before a type was named', () => {
    const unnamed = () => useUploader()
    expectTypeOf<ReturnType<typeof unnamed>>().toEqualTypeOf<Uploader<never> | undefined>()
  })
})

describe('the other hooks', () => {
  test('say what may not be there', () => {
    expectTypeOf(useUpload).returns.toEqualTypeOf<LiveUpload | undefined>()
    expectTypeOf<LiveUpload>().toExtend<UploadSnapshot>()
    expectTypeOf<LiveUpload['upload']>().toEqualTypeOf<Upload>()
    expectTypeOf<
      NonNullable<ReturnType<typeof useTransfer>>['transfer']
    >().toEqualTypeOf<Transfer>()
    expectTypeOf(useUploads).returns.toEqualTypeOf<readonly Upload[]>()
  })

  test('useSnapshot gives a snapshot for what is there, and may give none for what may not be', () => {
    expectTypeOf(useSnapshot(upload)).toEqualTypeOf<UploadSnapshot>()
    expectTypeOf(useSnapshot(upload as Upload | undefined)).toEqualTypeOf<
      UploadSnapshot | undefined
    >()
    // @ts-expect-error Names are no observables.
    useSnapshot('trip')
  })
})
