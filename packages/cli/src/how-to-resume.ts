import { printable } from './printable.ts'

/** What to do when something in a journal is not finished, for people. */
export function howToResume(stateDir: string): string {
  const dir = printable(stateDir)
  const word = /^[\w@%+=:,./-]+$/.test(dir) ? dir : `'${dir.replaceAll("'", "'\\''")}'`
  return `hint: To go on: s3-bg-uploader resume --state ${word}, with the endpoints and headers as before.\n`
}
