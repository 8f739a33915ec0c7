import type { Io } from './io.ts'

/** Ends the process once everything written is out: what went to a pipe may still be on its way. */
export async function endProcess({ stdout, stderr, exit }: Io, exitCode: number): Promise<void> {
  await Promise.all(
    [stdout, stderr].map((output) => new Promise<void>((done) => output.write('', () => done()))),
  )
  exit(exitCode)
}
