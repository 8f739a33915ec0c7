import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { withBackgroundEventsHandled } from '../plugin/app-delegate.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const manifest = JSON.parse(read('package.json'))

const packed = (): readonly string[] => {
  const arguments_ = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error']
  const shell = process.platform === 'win32'
  const printed = execFileSync('npm', arguments_, { cwd: root, encoding: 'utf8', shell })
  const [{ files }] = JSON.parse(printed) as [{ files: { path: string }[] }]
  return files.map(({ path }) => path)
}

const inFolder = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)

test('the package holds what autolinking and codegen look for, and nothing of the checks', () => {
  const files = packed()
  const { codegenConfig } = manifest
  expect(files).toEqual(
    expect.arrayContaining([
      'S3BgUploader.podspec',
      'app.plugin.js',
      ...inFolder('plugin', /\.js$/),
      ...inFolder('ios', /\.(h|c|m|mm|xcprivacy)$/),
      ...inFolder('android/src', /\.(kt|xml)$/),
      ...inFolder('android/engine/src/main', /\.kt$/),
      'android/build.gradle',
      `${codegenConfig.jsSrcsDir}/NativeS3BgUploader.ts`,
    ]),
  )
  expect(
    files.filter((file) => /target\/|\/test\/|shell-check|pom\.xml|^scripts|hermes/.test(file)),
  ).toEqual([])
})

test('the names that native code, codegen and packaging must agree on are the same', () => {
  const { name, android, ios } = manifest.codegenConfig
  const spec = read('src/specs/NativeS3BgUploader.ts')
  const module = read('ios/module/S3BgUploaderModule.mm')
  const [[registered, implementation]] = Object.entries<string>(ios.modulesProvider) as [
    [string, string],
  ]
  expect(spec).toContain(`getEnforcing<Spec>('${registered}')`)
  expect(module).toContain(`@implementation ${implementation}`)
  expect(module).toContain(`return @"${registered}";`)
  expect(read('ios/module/S3BgUploaderModule.h')).toContain(`<${name}/${name}.h>`)
  expect(read('S3BgUploader.podspec')).toContain('s.name     = "S3BgUploader"')
  expect(read('android/build.gradle')).toContain(`namespace '${android.javaPackageName}'`)
  expect(
    existsSync(`${root}android/src/main/java/${android.javaPackageName.replaceAll('.', '/')}`),
  ).toBe(true)
})

const delegate = (body: string): string =>
  `internal import Expo\nimport React\n\n@main\nclass AppDelegate: ExpoAppDelegate, Provider {\n${body}}\n`

test('the app delegate of Expo gets the call, once', () => {
  const edited = withBackgroundEventsHandled(delegate('  var window: UIWindow?\n'))
  expect(edited).toContain('internal import Expo\nimport React\nimport S3BgUploader\n\n@main')
  expect(edited).toMatch(/Provider \{\n {2}\/\/ A background URLSession/)
  expect(edited).toContain(
    'handleEvents(forSession: identifier, completionHandler: completionHandler)',
  )
  expect(edited).toContain('super.application(')
  expect(withBackgroundEventsHandled(edited)).toBe(edited)
})

test('a delegate that handles sessions of its own keeps doing so, after ours', () => {
  const own = `  override func application(
    _ application: UIApplication,
    handleEventsForBackgroundURLSession name: String, completionHandler done: @escaping () -> Void
  ) {
    own(name, done)
  }
`
  const edited = withBackgroundEventsHandled(delegate(own))
  expect(edited).toContain(
    '  ) {\n    if S3BgUploaderBackground.handleEvents(forSession: name, completionHandler: done) {\n' +
      '      return\n    }\n    own(name, done)',
  )
  expect(edited.match(/handleEventsForBackgroundURLSession/g)).toHaveLength(1)
  expect(withBackgroundEventsHandled(edited)).toBe(edited)
})

test('a delegate that is none of Expo is not guessed at', () => {
  const plain = 'import UIKit\n\nclass AppDelegate: UIResponder, UIApplicationDelegate {\n}\n'
  expect(() => withBackgroundEventsHandled(plain)).toThrow(/ios\/README\.md/)
})
