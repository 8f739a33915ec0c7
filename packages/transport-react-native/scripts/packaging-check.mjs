// Packs this package as it would be published and puts it into an app made from Expo's own template:
// the community's autolinking must find its native code, and Expo's real mods must apply the config
// plugin, twice with the same result. The tools come from npm into a cache outside the repository.
//
// node packages/transport-react-native/scripts/packaging-check.mjs
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installed } from './installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const tools = installed([
  '@expo/config-plugins@58.0.2',
  '@react-native-community/cli-config-android@20.2.0',
  '@react-native-community/cli-config-apple@20.2.0',
])
const TEMPLATE = 'expo-template-bare-minimum@58.0.8'
const require = createRequire(join(tools, 'package.json'))

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}`)
}

/** Packs a package and unpacks it into a folder. */
function unpack(packed, from, folder) {
  mkdirSync(folder, { recursive: true })
  const options = ['--ignore-scripts', '--prefer-offline', '--loglevel=error']
  run('npm', ['pack', ...packed, ...options, '--pack-destination', folder], from)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  run('tar', ['-xzf', tarball, '--strip-components=1'], folder)
  rmSync(join(folder, tarball))
}

/** An app as `expo prebuild` leaves it, with the packed package among its modules. */
function makeApp(app) {
  // By itself: what it depends on is not needed here, and is large.
  unpack([TEMPLATE], app, app)
  const modules = join(app, 'node_modules')
  mkdirSync(join(modules, 'expo'), { recursive: true })
  // What the package `expo` has in this place.
  writeFileSync(
    join(modules, 'expo/config-plugins.js'),
    `module.exports = require(${JSON.stringify(require.resolve('@expo/config-plugins'))})\n`,
  )
  const unpacked = join(modules, name)
  unpack([], root, unpacked)
  return unpacked
}

function checkAutolinking(folder) {
  const android = require('@react-native-community/cli-config-android').dependencyConfig(folder, {})
  assert.equal(android?.packageImportPath, 'import com.s3bguploader.S3BgUploaderPackage;')
  assert.equal(android.packageInstance, 'new S3BgUploaderPackage()')
  assert.equal(android.libraryName, 'S3BgUploaderSpec')
  const { getDependencyConfig } = require('@react-native-community/cli-config-apple')
  const ios = getDependencyConfig({ platformName: 'ios' })(folder, {})
  assert.equal(ios?.podspecPath, join(folder, 'S3BgUploader.podspec'))
  console.log('Autolinking finds the pod and the Android library.')
}

async function prebuild(app, options) {
  const { compileModsAsync, withPlugins } = require('@expo/config-plugins')
  const config = {
    name: 'HelloWorld',
    slug: 'hello-world',
    ios: { bundleIdentifier: 'org.example.hello' },
    android: { package: 'org.example.hello' },
    _internal: { projectRoot: app },
  }
  const plugged = withPlugins(config, [[name, options]])
  await compileModsAsync(plugged, { projectRoot: app, platforms: ['ios', 'android'] })
  const read = (path) => readFileSync(join(app, path), 'utf8')
  return {
    delegate: read('ios/HelloWorld/AppDelegate.swift'),
    info: read('ios/HelloWorld/Info.plist'),
    manifest: read('android/app/src/main/AndroidManifest.xml'),
  }
}

function checkDelegate(delegate) {
  const once = (text) => assert.equal(delegate.split(text).length, 2, `${text} in\n${delegate}`)
  once('import S3BgUploader\n')
  once('public override func application(\n    _ application: UIApplication,\n    handleEventsFor')
  once('S3BgUploaderBackground.handleEvents(forSession: identifier')
  const [, classBody] = delegate.split(/class AppDelegate: ExpoAppDelegate[^{]*\{/)
  const [ours, theirs] = classBody.split('var window: UIWindow?')
  assert.match(ours, /handleEventsForBackgroundURLSession/)
  assert.match(theirs, /didFinishLaunchingWithOptions/)
}

function checkPermissions(manifest) {
  for (const permission of [
    'RUN_USER_INITIATED_JOBS',
    'FOREGROUND_SERVICE',
    'POST_NOTIFICATIONS',
  ]) {
    const entry = `<uses-permission android:name="android.permission.${permission}"/>`
    assert.equal(manifest.split(entry).length, 2, `${permission} in\n${manifest}`)
  }
}

const app = mkdtempSync(join(tmpdir(), 'packaged-app-'))
try {
  checkAutolinking(makeApp(app))
  const first = await prebuild(app, undefined)
  checkDelegate(first.delegate)
  checkPermissions(first.manifest)
  assert.ok(!first.info.includes('S3BgUploaderContinuedTask'))
  assert.deepEqual(await prebuild(app, undefined), first)
  const asked = await prebuild(app, { continuedTask: true })
  assert.match(
    asked.info,
    /<key>S3BgUploaderContinuedTask<\/key>\s*<string>org.example.hello.s3bguploader</,
  )
  assert.match(
    asked.info,
    /<key>BGTaskSchedulerPermittedIdentifiers<\/key>\s*<array>\s*<string>org.example.hello.s3bguploader</,
  )
  assert.deepEqual(await prebuild(app, { continuedTask: true }), asked)
  console.log("Expo's mods apply the plugin, and a second time change nothing.")
} finally {
  rmSync(app, { recursive: true, force: true })
}
