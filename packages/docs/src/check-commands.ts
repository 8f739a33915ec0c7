import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Block, ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

/** Programs that are not ours: nothing but the shell can check what is said to them. */
const OTHERS = new Set(['adb', 'aws', 'curl', 'export', 'git', 'openssl', 'xxhsum', '^C'])

/** A command of a block, its words, and its line on the page. */
export interface Command {
  readonly line: number
  readonly words: readonly string[]
}

/**
 * Whether the commands of all pages exist: scripts of npm, files that are run, packages that are
 * installed, commands and options of `s3-bg-uploader`; and whether a shell can parse the blocks.
 */
export function checkCommands(
  repository: string,
  pages: readonly ParsedPage[],
): readonly Problem[] {
  const helpOf = helpReader(repository)
  const blocks = pages.flatMap((page) => page.blocks.filter(({ language }) => language === 'sh'))
  return [
    ...blocks.flatMap((block) => [...checkSyntax(block), ...checkBlock(block)]),
    ...pages.flatMap(checkWords),
  ]

  function checkBlock(block: Block): readonly Problem[] {
    let folder = ''
    return commandsOf(block).flatMap(({ line, words }) => {
      if (words[0] === 'cd') folder = posix.join(folder, words[1] ?? '')
      const message = problemOf(words, folder)
      return message === undefined ? [] : [{ page: block.page, line, message }]
    })
  }

  /** Scripts that are named within the text: some package has to have them. */
  function checkWords(page: ParsedPage): readonly Problem[] {
    const folders = [
      '',
      ...readdirSync(join(repository, 'packages')).map((one) => `packages/${one}`),
    ]
    return page.words.flatMap(({ code, line }) => {
      const script = /^npm run ([\w:-]+)/.exec(code)?.[1]
      if (script === undefined || folders.some((folder) => hasScript(folder, script))) return []
      return [{ page: page.path, line, message: `No package has a script ${script}` }]
    })
  }

  function problemOf(words: readonly string[], folder: string): string | undefined {
    const [program = '', ...rest] = words
    if (OTHERS.has(program)) return undefined
    switch (program) {
      case 'cd':
        return existsSync(join(repository, folder)) ? undefined : `There is no folder ${folder}`
      case 'bash':
      case 'node': {
        const path = posix.join(folder, rest[0] ?? '')
        return existsSync(join(repository, path)) ? undefined : `There is no ${path}`
      }
      case 'npm':
        return npmProblem(rest, folder)
      case 'npx':
        return npxProblem(rest, folder)
      case 's3-bg-uploader':
        return cliProblem(rest)
      default:
        return `Nothing is known of the program ${program}`
    }
  }

  function npmProblem(args: readonly string[], folder: string): string | undefined {
    const own = args.indexOf('--') === -1 ? args : args.slice(0, args.indexOf('--'))
    const prefix = own.indexOf('--prefix')
    const place = prefix === -1 ? folder : (own[prefix + 1] ?? '')
    const [verb = '', name = ''] = own.filter(
      (word, index) => !word.startsWith('--') && (prefix === -1 || index !== prefix + 1),
    )
    if (verb === 'install') return installProblem(own)
    if (verb === 'ci') return undefined
    const script = verb === 'run' ? name : verb
    return hasScript(place, script) ? undefined : `${place || 'The root'} has no script ${script}`
  }

  function installProblem(args: readonly string[]): string | undefined {
    const scope = '@s3-bg-uploader/'
    const missing = args
      .filter((word) => word.startsWith(scope))
      .filter((word) => !isPublic(`packages/${word.slice(scope.length)}`))
    return missing.length === 0 ? undefined : `No such package: ${missing.join(', ')}`
  }

  function npxProblem(args: readonly string[], folder: string): string | undefined {
    const [program = '', ...rest] = args.filter((word) => word !== '--yes')
    if (program === 'expo') return undefined
    if (program === 's3-bg-uploader') return cliProblem(rest)
    if (!/^pnpm(@[\d.]+)?$/.test(program)) return `Nothing is known of npx ${program}`
    return rest[0] === 'exec' ? problemOf(rest.slice(1), folder) : undefined
  }

  function cliProblem(args: readonly string[]): string | undefined {
    const [command = '', ...rest] = args
    if (command.startsWith('-')) return undefined
    const help = helpOf(command)
    if (help === undefined) return `s3-bg-uploader has no command ${command}`
    const unknown = rest
      .filter((word) => word.startsWith('--'))
      .filter((option) => !new RegExp(`${option}(?![\\w-])`).test(help))
    return unknown.length === 0
      ? undefined
      : `s3-bg-uploader ${command} does not have ${unknown.join(', ')}`
  }

  function hasScript(folder: string, script: string): boolean {
    const path = join(repository, folder, 'package.json')
    if (!existsSync(path)) return false
    const { scripts = {} } = JSON.parse(readFileSync(path, 'utf8'))
    return Object.hasOwn(scripts, script)
  }

  function isPublic(folder: string): boolean {
    const path = join(repository, folder, 'package.json')
    return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).private !== true
  }
}

function checkSyntax(block: Block): readonly Problem[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' })
  return status === 0 ? [] : [{ page: block.page, line: block.line, message: stderr.trim() }]
}

/** The commands of a block: without comments, with what a backslash continues. */
export function commandsOf({ code, line }: Block): readonly Command[] {
  const commands: Command[] = []
  let begun = ''
  let start = line
  code.split('\n').forEach((text, index) => {
    if (begun === '') start = line + index
    const bare = text.replace(/(^|\s)#.*$/, '').trim()
    if (bare.endsWith('\\')) {
      begun += `${bare.slice(0, -1)} `
      return
    }
    for (const command of `${begun}${bare}`.split(/ && | & | \| |&$/)) {
      const words = command.trim().match(/"[^"]*"|'[^']*'|\S+/g)
      if (words !== null) commands.push({ line: start, words })
    }
    begun = ''
  })
  return commands
}

/** What `s3-bg-uploader COMMAND --help` says, asked once; undefined where there is no such command. */
function helpReader(repository: string): (command: string) => string | undefined {
  const known = new Map<string, string | undefined>()
  return (command) => {
    if (!known.has(command)) {
      const program = join(repository, 'packages/cli/bin/s3-bg-uploader.js')
      const { status, stdout } = spawnSync(process.execPath, [program, command, '--help'], {
        encoding: 'utf8',
      })
      known.set(command, status === 0 ? stdout : undefined)
    }
    return known.get(command)
  }
}
