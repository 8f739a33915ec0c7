import type { Uploader } from '@s3-bg-uploader/core'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import { UploadList } from './upload-list.ts'
import { type Provided, UploaderContext } from './uploader-context.ts'

/** What `UploaderProvider` takes. */
export interface UploaderProviderProps<TFile> {
  /** Undefined while it is being created. Whoever created it closes it: the provider does not. */
  readonly uploader: Uploader<TFile> | undefined
  /** The tree that may use the hooks. */
  readonly children?: ReactNode
}

/**
 * Gives the tree below it an uploader. Until there is one, the hooks say that there are no uploads,
 * so that the page is there at once, on a server too.
 */
export function UploaderProvider<TFile>({
  uploader,
  children,
}: UploaderProviderProps<TFile>): ReactElement {
  const provided = useMemo<Provided>(
    () => ({ uploader, list: new UploadList(uploader) }),
    [uploader],
  )
  return <UploaderContext.Provider value={provided}>{children}</UploaderContext.Provider>
}
