import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@s3-bg-uploader/core'
import { afterAll, describe, expect, test } from 'vitest'
import { checkCode } from '../src/check-code.ts'
import { checkCommands } from '../src/check-commands.ts'
import { checkErrorSections, checkMentionedCodes } from '../src/check-error-codes.ts'
import { checkLanguages } from '../src/check-languages.ts'
import { checkLength } from '../src/check-length.ts'
import { checkLinks } from '../src/check-links.ts'
import { readPages } from '../src/pages.ts'
import { parsePage } from '../src/parse-page.ts'
import { describeProblem } from '../src/problem.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'docs-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pageOf = (text: string, path = 'page.md') => parsePage({ path, text })
const messages = (problems: readonly { line: number; message: string }[]) =>
  problems.map(({ line, message }) => `${line}: ${message}`)

describe('the page of error codes', () => {
  const page = readPages(repository).find(({ path }) => path.endsWith('docs/troubleshooting.md'))
  if (page === undefined) throw new Error('There is no page of error codes')

  test('has a section for every code', () => {
    expect(checkErrorSections(parsePage(page), errorCodes)).toEqual([])
  })

  test('may not lack one', () => {
    expect(messages(checkErrorSections(parsePage(page), [...errorCodes, 'brand_new']))).toEqual([
      '1: There is no section for brand_new',
    ])
  })

  test('may not explain what is none', () => {
    const without = errorCodes.filter((code) => code !== 'stalled')
    expect(messages(checkErrorSections(parsePage(page), without))).toEqual([
      expect.stringMatching(/^\d+: stalled is no code of UploadError$/),
    ])
  })

  test('says of each what it means, why, and what to do', () => {
    const text =
      '# Codes\n\n### closed\n\n**Meaning.** It is.\n\n**Fix.** None.\n\n### stalled\n\n**Cause.** x\n'
    expect(messages(checkErrorSections(pageOf(text), ['closed', 'stalled']))).toEqual([
      '3: closed has no paragraph **Cause.**',
      '9: stalled has no paragraph **Meaning.**',
      '9: stalled has no paragraph **Fix.**',
    ])
  })

  test('is where the others take their codes from', () => {
    const text = '`store_locked` and `store_closed`\n'
    expect(messages(checkMentionedCodes(pageOf(text), errorCodes))).toEqual([
      '1: store_closed is no code of UploadError',
    ])
  })
})

describe('links', () => {
  test('lead to files and headings that are there', () => {
    writeFileSync(
      join(folder, 'other.md'),
      '# Other\n\n## A `heading`, twice\n\n## A `heading`, twice\n',
    )
    const text = [
      '# Page',
      '[a](other.md) [b](other.md#a-heading-twice-1) [c](#page) [d](https://example.com/none)',
      '',
      '[e](gone.md) ![f](gone.svg)',
      '',
      '[g](other.md#a-heading-twice-2) [h](#gone) [i](../outside.md)',
    ].join('\n')
    writeFileSync(join(folder, 'page.md'), text)
    const pages = readPages(folder)
      .map(parsePage)
      .sort((a, b) => b.path.localeCompare(a.path))
    expect(messages(checkLinks(folder, pages))).toEqual([
      '4: There is no gone.md',
      '4: There is no gone.svg',
      '6: other.md has no heading #a-heading-twice-2',
      '6: page.md has no heading #gone',
      '6: There is no ../outside.md',
    ])
  })
})

describe('code', () => {
  // Compilers take their time where a machine is busy with others.
  test('has to compile, with what its page declares to be given and nothing else', {
    timeout: 120_000,
  }, () => {
    const given = '<!-- code: given\nconst size: number\n-->\n\n'
    const block = (code: string, language = 'ts') => `\`\`\`${language}\n${code}\n\`\`\`\n\n`
    const one = block('// one.ts\nexport const one: number = size')
    const pages = [
      pageOf(given + one + block('import { one } from "./one.ts"\none.toFixed()', 'js'), 'a.md'),
      pageOf(`# Title\n\n${block('const a = 1\nconst b: string = a')}`, 'b.md'),
      pageOf(block('size.toFixed()'), 'c.md'),
    ]
    const problems = checkCode(repository, join(folder, 'code'), pages)
    expect(problems.map(describeProblem)).toEqual([
      "b.md:5: Type 'number' is not assignable to type 'string'.",
      "c.md:2: Cannot find name 'size'.",
    ])
  })

  test('that is checked elsewhere is named there', () => {
    const marker = '<!-- code: checked by packages/consumers/scripts/consumers/next.mjs -->\n\n'
    const page = (name: string) => pageOf(`${marker}\`\`\`ts\n// ${name}\nimport 'next'\n\`\`\`\n`)
    const check = (name: string) =>
      messages(checkCode(repository, join(folder, 'code'), [page(name)]))
    expect(check('next.config.ts')).toEqual([])
    expect(check('gone.ts')).toEqual([
      '4: packages/consumers/scripts/consumers/next.mjs does not check gone.ts',
    ])
  })

  test('of other languages is parsed, or known not to be checked', () => {
    const text = '```json\n{ "a": }\n```\n\n```cobol\nSTOP RUN.\n```\n'
    expect(messages(checkLanguages([pageOf(text)]))).toEqual([
      expect.stringMatching(/^2: Unexpected token/),
      '6: Nothing checks blocks of cobol',
    ])
  })
})

describe('the README of the repository', () => {
  const check = (lines: number, path = 'README.md') =>
    messages(checkLength({ path, text: 'line\n'.repeat(lines) }))

  test('has fewer than 200 lines', () => {
    expect(check(199)).toEqual([])
    expect(check(200)).toEqual(['200: It has 200 lines, and is to have fewer than 200'])
  })

  test('is the only one that has to be short', () => {
    expect(check(500, 'packages/core/README.md')).toEqual([])
  })
})

describe('commands', () => {
  const check = (...lines: string[]) =>
    messages(checkCommands(repository, [pageOf(['```sh', ...lines, '```', ''].join('\n'))]))

  test('may be scripts, files and folders that are there', () => {
    expect(
      check(
        'npm start -- a.mov  # with a comment',
        'npm run test:browser --prefix packages/example-web',
        'npm install --save-dev msw @s3-bg-uploader/core',
        'bash .ci/run lint',
        'cd packages/benchmarks && npm run put-path',
      ),
    ).toEqual([])
  })

  test('may not be what is gone', () => {
    expect(
      check(
        'npm run gone',
        'npm run \\',
        '  put-path',
        'npm install @s3-bg-uploader/gone @s3-bg-uploader/docs',
        'node packages/gone.mjs',
        'cd gone',
        'rm -rf /',
      ),
    ).toEqual([
      '2: The root has no script gone',
      '3: The root has no script put-path',
      '5: No such package: @s3-bg-uploader/gone, @s3-bg-uploader/docs',
      '6: There is no packages/gone.mjs',
      '7: There is no folder gone',
      '8: Nothing is known of the program rm',
    ])
  })

  test('are what a shell can parse', () => {
    expect(check('npm start "')).toEqual([expect.stringMatching(/^2: .*unexpected EOF/)])
  })

  test('within the text are scripts of some package', () => {
    const text = '`npm run put-path` and `npm run gone`\n'
    expect(messages(checkCommands(repository, [pageOf(text)]))).toEqual([
      '1: No package has a script gone',
    ])
  })
})
