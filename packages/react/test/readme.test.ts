import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

test('the README shows the pattern that is tested here', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const tested = await readFile(new URL('support/account-uploads.tsx', import.meta.url), 'utf8')
  const [, pattern = ''] = /\/\/ <readme>\n(.*)\/\/ <\/readme>/s.exec(tested) ?? []
  expect(pattern).toContain('createUploader')
  expect(readme).toContain(pattern.replace('Uploader<TestFile>', 'Uploader<File>'))
})
