import { createUploader, type Uploader, type UploaderOptions } from '@s3-bg-uploader/core'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { UploaderProvider } from '../../src/index.ts'
import type { TestFile } from './world.ts'

// This is the pattern of the README, with the options given from outside.

// A journal has one uploader at a time: the next begins when the last has closed.
let last: Promise<void> = Promise.resolve()

export function AccountUploads({
  account,
  optionsOf,
  children,
}: {
  readonly account: string
  readonly optionsOf: (account: string) => UploaderOptions<TestFile>
  readonly children: ReactNode
}): ReactElement {
  const [uploader, setUploader] = useState<Uploader<TestFile>>()
  const [error, setError] = useState<unknown>()

  useEffect(() => {
    let left = false
    const created = last.then(() => (left ? undefined : createUploader(optionsOf(account))))
    created.then(
      (made) => left || setUploader(made),
      (cause) => left || setError(cause),
    )
    return () => {
      left = true
      setUploader(undefined)
      last = created.then(
        (made) => made?.close(),
        () => {},
      )
    }
  }, [account, optionsOf])

  if (error !== undefined) throw error
  return <UploaderProvider uploader={uploader}>{children}</UploaderProvider>
}
