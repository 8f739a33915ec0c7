import type { Uploader, UploadFileOptions } from '@s3-bg-uploader/core'
import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'

/** A file that the user dropped or picked. */
export interface ChosenItem {
  readonly file: ChosenFile
  /** The folders that it came in, with slashes; undefined for a file by itself. */
  readonly folder: string | undefined
}

/**
 * What an upload is added with. A folder is a transfer, so that choosing it again finds the uploads
 * that exist; the path goes to the backend, which may want to keep the folders.
 */
export function optionsOf(name: string, folder: string | undefined): UploadFileOptions {
  return folder === undefined
    ? {}
    : { transferId: folder, userParams: { path: `${folder}/${name}` } }
}

/** Adds everything; one file that cannot be added stops no other. */
export async function addItems(
  uploader: Uploader<ChosenFile>,
  items: readonly ChosenItem[],
  report: (error: unknown) => void,
): Promise<void> {
  const add = async ({ file, folder }: ChosenItem): Promise<void> => {
    try {
      await uploader.uploadFile(file, optionsOf(file.name, folder))
    } catch (error) {
      report(error)
    }
  }
  await Promise.all(items.map(add))
}
