import { type ForegroundSource, type Json, UploadError } from '@s3-bg-uploader/core'
import { FileSource, type SendPart } from './file-source.ts'
import type { ChosenFile, KeptFiles } from './kept-files.ts'
import { openChosenFile } from './opened-file.ts'

/** Opens a file and keeps it, so that its `ref` leads to it after a reload. */
export async function openAndKeep(
  files: KeptFiles,
  chosen: ChosenFile,
  send: SendPart,
): Promise<ForegroundSource> {
  const opened = await openChosenFile(chosen)
  const kept = await files.keep(chosen)
  const ref = kept === undefined ? undefined : { kept, name: opened.name }
  return new FileSource(opened, ref, send)
}

/**
 * Opens a kept file again.
 *
 * @throws UploadError `file_not_found` when it is not kept any more, `permission_needed` when the
 * user has to permit it again; and as `openChosenFile`.
 */
export async function reopenKept(
  files: KeptFiles,
  ref: Json,
  send: SendPart,
): Promise<ForegroundSource> {
  const { kept, name } = parseRef(ref)
  const chosen = await files.take(kept)
  if (chosen === undefined)
    throw new UploadError('file_not_found', `This browser does not keep ${name} any more`)
  return new FileSource(await openChosenFile(chosen), ref, send)
}

/** The id under which a file is kept. */
export function keptId(ref: Json): string {
  return parseRef(ref).kept
}

function parseRef(ref: Json): { readonly kept: string; readonly name: string } {
  if (typeof ref === 'object' && ref !== null && 'kept' in ref) {
    const { kept, name } = ref
    if (typeof kept === 'string' && typeof name === 'string') return { kept, name }
  }
  throw new UploadError('file_not_found', 'The recorded reference names no kept file')
}
