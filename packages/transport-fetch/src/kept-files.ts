/** What a user chose: a file as it was then, or a handle that leads to the file as it is now. */
export type ChosenFile = File | FileSystemFileHandle

/**
 * Keeps chosen files where a reload of the page does not lose them. A port: the journal in
 * IndexedDB implements it, and so can anything else that stores what `structuredClone` copies.
 */
export interface KeptFiles {
  /**
   * Keeps a file and resolves with its id once that is durable; every call makes an id of its own.
   * Resolves with undefined where the file cannot be kept, for want of space perhaps: it is uploaded
   * all the same, but not after a reload.
   *
   * @throws UploadError `store_failed` when the upload had better not begin. It then does not.
   */
  keep(file: ChosenFile): Promise<string | undefined>
  /**
   * The file with this id, which stays kept; undefined when there is none.
   *
   * @throws UploadError `store_failed`, `file_unreadable`.
   */
  take(id: string): Promise<ChosenFile | undefined>
  /** Forgets a file. Unknown ids are ignored. */
  release(id: string): Promise<void>
  /** Forgets all files but these: what an earlier page kept and no upload needs any more. */
  retain(ids: readonly string[]): Promise<void>
}
