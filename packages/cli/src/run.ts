import { isUploadError } from '@s3-bg-uploader/core'
import { Command, CommanderError } from 'commander'
import { cancelCommand } from './cancel-command.ts'
import { cancelUploads } from './cancel-uploads.ts'
import { checkBackend } from './check/check-backend.ts'
import { checkCommand } from './check-command.ts'
import type { Connect } from './connect.ts'
import { describeFailures } from './describe-error.ts'
import type { Io } from './io.ts'
import { pruneCommand } from './prune-command.ts'
import { pruneJournal } from './prune-journal.ts'
import { resumeCommand } from './resume-command.ts'
import { resumeUploads } from './resume-uploads.ts'
import { serve } from './serve.ts'
import { serveCommand } from './serve-command.ts'
import { showStatus } from './show-status.ts'
import { statusCommand } from './status-command.ts'
import { ExitCode, exitCodeOf } from './summary.ts'
import { uploadCommand } from './upload-command.ts'
import { uploadFiles } from './upload-files.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs the program and resolves with its exit code. Never rejects.
 *
 * @param argv What stands behind the name of the program.
 */
export async function run(argv: readonly string[], io: Io, connect: Connect): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok
  const program = new Command('s3-bg-uploader')
    .description('Resumable S3 multipart uploads through presigned URLs')
    .helpCommand(false)
  program.addCommand(
    uploadCommand(async (request) => {
      const { summary } = await uploadFiles(request, io, connect)
      exitCode = exitCodeOf(summary)
    }),
  )
  program.addCommand(
    resumeCommand(async (request) => {
      const { summary } = await resumeUploads(request, io, connect)
      exitCode = exitCodeOf(summary)
    }),
  )
  program.addCommand(statusCommand((request) => showStatus(request, io, connect)))
  program.addCommand(cancelCommand((request) => cancelUploads(request, io, connect)))
  program.addCommand(pruneCommand((request) => pruneJournal(request, io, connect)))
  program.addCommand(
    checkCommand(async (request) => {
      exitCode = await checkBackend(request, io)
    }),
  )
  program.addCommand(serveCommand((request) => serve(request, io)))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // What goes wrong is told below, in the same form as everything else.
      writeErr: () => {},
    })
  }

  if (argv.length === 0) {
    io.stderr.write(program.helpInformation())
    return ExitCode.usage
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.ok
    const error = thrown instanceof CommanderError ? usageErrorOf(thrown) : thrown
    io.stderr.write(describeFailures([{ error, hint: systemHint(error) }]))
    return isUsage(error) ? ExitCode.usage : ExitCode.failed
  }
}

function usageErrorOf({ code, message }: CommanderError): UsageError {
  const text = message
    .replace(/^error: /, '')
    // `--heder='authorization: …'` is one unknown option, with the secret in it, and so is `-H'…'`.
    .replace(/unknown option '(--[^'=]*|-[^-]).*'/s, "unknown option '$1'")
    .replace(/\s*\n\s*/g, ' ')
  return new UsageError(
    code === 'commander.missingArgument' ? 'no files are given' : text,
    'Run s3-bg-uploader --help, or with --help behind a command.',
  )
}

function isUsage(error: unknown): boolean {
  if (error instanceof UsageError) return true
  return isUploadError(error) && error.code === 'config_invalid'
}

/** What to do about failures of the system that have a plain reason. */
function systemHint(error: unknown): string | undefined {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return 'Another program uses this port. --port 0 takes any free one.'
    case 'EACCES':
      return 'Check the permissions, or choose another --dir or --port.'
    default:
      return undefined
  }
}
