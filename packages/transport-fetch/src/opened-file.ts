import { UploadError } from '@s3-bg-uploader/core'
import { nameOf } from './error-name.ts'
import type { ChosenFile } from './kept-files.ts'
import { askToRead } from './permission.ts'

/** A file on the disk, or in memory, as it was when it was opened. */
export interface OpenedFile {
  /** To read from. What it tells of itself may change, what stands here does not. */
  readonly file: File
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly lastModified: number
  /**
   * Checks that the file is still the one that was opened.
   *
   * @throws UploadError `source_changed`, `file_not_found`, `permission_needed`.
   */
  verify(): Promise<void>
}

/**
 * Opens what a user chose.
 *
 * @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`, `permission_needed`.
 */
export async function openChosenFile(chosen: ChosenFile): Promise<OpenedFile> {
  if (isHandle(chosen)) return openHandle(chosen)
  if (isFile(chosen)) return openFile(chosen)
  throw new UploadError('file_not_regular', 'It is no File and no file handle', {
    hint: 'Give a Blob a name: new File([blob], "video.webm").',
  })
}

// Looked at, since those of another window are no instances of our own classes.
function isHandle(chosen: ChosenFile): chosen is FileSystemFileHandle {
  return chosen instanceof Object && 'kind' in chosen && chosen.kind === 'file'
}

function isFile(chosen: ChosenFile): chosen is File {
  return chosen instanceof Object && 'slice' in chosen && typeof chosen.name === 'string'
}

async function openHandle(handle: FileSystemFileHandle): Promise<OpenedFile> {
  await askToRead(handle)
  const file = await fileNow(handle)
  const { name, size, lastModified } = file
  return {
    file,
    name,
    size,
    lastModified,
    async verify() {
      const now = await fileNow(handle)
      if (now.size !== size || now.lastModified !== lastModified)
        throw new UploadError('source_changed', `${name} changed since it was chosen`)
    },
  }
}

async function fileNow(handle: FileSystemFileHandle): Promise<File> {
  try {
    return await handle.getFile()
  } catch (cause) {
    const { name } = handle
    switch (nameOf(cause)) {
      case 'NotFoundError':
        throw new UploadError('file_not_found', `${name} does not exist any more`, { cause })
      case 'NotAllowedError':
        throw new UploadError(
          'permission_needed',
          `${name} may be read once the user permits it again`,
          { cause },
        )
      default:
        throw new UploadError('file_unreadable', `${name} could not be read`, { cause })
    }
  }
}

async function openFile(file: File): Promise<OpenedFile> {
  // Chromium looks for these on the disk now, and keeps to them from now on.
  const { name, size, lastModified } = file
  const end = size === 0 ? file : file.slice(size - 1, size)
  const opened = { file, name, size, lastModified, verify: () => verifyEnd(end, name) }
  // A file that is gone, and a folder, tell that they have no bytes.
  if (size === 0) await opened.verify()
  return opened
}

/**
 * Reads the last byte: Chromium refuses to read a file whose time of modification is another than
 * when it was chosen, and nobody can read the end of one that became shorter. An empty file is read
 * as a whole, since an empty slice of it can be read whatever it is now.
 */
async function verifyEnd(end: Blob, name: string): Promise<void> {
  const read = await end.arrayBuffer().catch((cause: unknown) => {
    if (nameOf(cause) === 'NotFoundError')
      throw new UploadError('file_not_found', `${name} does not exist any more`, { cause })
    throw changed(name, cause)
  })
  if (read.byteLength !== end.size) throw changed(name)
}

function changed(name: string, cause?: unknown): UploadError {
  return new UploadError('source_changed', `${name} changed since it was chosen, or is a folder`, {
    cause,
    hint: 'Let the user choose the file again.',
  })
}
