import { createUploader, type Uploader, type UploaderOptions } from '@s3-bg-uploader/core'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { UploaderProvider } from '../../src/index.ts'
import type { TestFile } from './world.ts'

// The pattern of the README: a test compares the two, line by line.

interface AccountUploadsProps {
  readonly account: string
  readonly optionsOf: (account: string) => UploaderOptions<TestFile>
  readonly children: ReactNode
}

// <readme>
// A journal has one uploader at a time: the next is created when the last has closed.
let lastClosed: Promise<void> = Promise.resolve()

export function AccountUploads({
  account,
  optionsOf,
  children,
}: AccountUploadsProps): ReactElement {
  const [uploader, setUploader] = useState<Uploader<TestFile>>()
  const [error, setError] = useState<unknown>()

  useEffect(() => {
    let left = false
    const created = lastClosed.then(() => (left ? undefined : createUploader(optionsOf(account))))
    created.then(
      (made) => left || setUploader(made),
      (cause) => left || setError(cause),
    )
    return () => {
      left = true
      setUploader(undefined)
      lastClosed = created.then(
        (made) => made?.close(),
        () => {}, // There is nothing to close; the boundary has shown why.
      )
    }
  }, [account, optionsOf])

  if (error !== undefined) throw error
  return <UploaderProvider uploader={uploader}>{children}</UploaderProvider>
}
// </readme>
