import { UploadError } from '@s3-bg-uploader/core'
import type { ChosenFile } from './kept-files.ts'
import { permit } from './permission.ts'

/** A file on the disk, or in memory, as it was when it was opened. */
export interface OpenedFile {
  /** A snapshot: its size and time never change, and newer content is not read through it. */
  readonly file: File
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
  if (isFile(chosen)) return { file: chosen, verify: () => verifyFile(chosen) }
  throw new UploadError('file_not_regular', 'What was given is neither a File nor a file handle', {
    hint: 'Give a Blob a name: new File([blob], "recording.webm").',
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
  await permit(handle)
  const file = await fileNow(handle)
  return {
    file,
    async verify() {
      const { size, lastModified } = await fileNow(handle)
      if (size !== file.size || lastModified !== file.lastModified)
        throw new UploadError('source_changed', `${file.name} changed since it was opened`)
    },
  }
}

async function fileNow(handle: FileSystemFileHandle): Promise<File> {
  try {
    return await handle.getFile()
  } catch (cause) {
    const { name } = handle
    switch (cause instanceof Error ? cause.name : '') {
      case 'NotFoundError':
        throw new UploadError('file_not_found', `${name} does not exist any more`, { cause })
      case 'NotAllowedError':
        throw new UploadError('file_unreadable', `${name} may not be read any more`, { cause })
      default:
        throw new UploadError('file_unreadable', `${name} could not be opened`, { cause })
    }
  }
}

/**
 * Reads the last byte: Chromium refuses to read a file whose time of modification is another than
 * when it was chosen, and nobody can read the end of one that became shorter.
 */
async function verifyFile(file: File): Promise<void> {
  try {
    const { byteLength } = await file.slice(-1).arrayBuffer()
    if (byteLength === Math.min(file.size, 1)) return
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NotFoundError')
      throw new UploadError('file_not_found', `${file.name} does not exist any more`, { cause })
    throw changed(file, cause)
  }
  throw changed(file)
}

function changed({ name }: File, cause?: unknown): UploadError {
  const message = `${name} changed, or cannot be read any more, since it was chosen`
  return new UploadError('source_changed', message, {
    cause,
    hint: 'A File is what it was when the user chose it: let the user choose it again.',
  })
}
