// Runs React Native's codegen on the spec as an app's build would, and checks that what it generates
// for Java, Objective-C++ and C++ has every method and event of NativeModule, with the same types.
// Codegen comes from npm into a cache in the temporary folder.
//
// node packages/transport-react-native/scripts/codegen-check.mjs [--out FOLDER]
//
// With --out the generated sources stay there, for whoever compiles against them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installed } from './installed.mjs'
import { namesOfNativeModule, typesThatPart } from './native-module-types.mjs'

const CODEGEN = '@react-native/codegen@0.88.1'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const { codegenConfig } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** All that codegen writes for one platform, as one text. */
function generated(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

function generate(out) {
  const require = createRequire(join(installed([CODEGEN]), 'package.json'))
  const {
    combineSchemasInFileList,
  } = require('@react-native/codegen/lib/cli/combine/combine-js-to-schema')
  const { generate } = require('@react-native/codegen/lib/generators/RNCodegen')
  const { name, jsSrcsDir, android } = codegenConfig
  const schema = combineSchemasInFileList([join(root, jsSrcsDir)], null, null, name)
  const options = { libraryName: name, schema, outputDirectory: out, assumeNonnull: false }
  const generators = ['modulesAndroid', 'modulesIOS', 'modulesCxx']
  if (!generate({ ...options, packageName: android.javaPackageName }, { generators })) {
    throw new Error('Codegen could not generate the native interfaces')
  }
}

/** How each generated interface writes a method and the sending of an event. */
const platforms = [
  {
    name: 'Java',
    ending: '.java',
    method: (name) => `public abstract void ${name}(`,
    event: (name) => `void emit${capitalised(name)}(`,
  },
  {
    name: 'Objective-C++',
    ending: 'Spec.h',
    method: (name) => `- (void)${name}:(`,
    event: (name) => `- (void)emit${capitalised(name)}:(`,
  },
  {
    name: 'C++',
    ending: 'SpecJSI.h',
    method: (name) => `methodMap_["${name}"]`,
    event: (name) => `void emit${capitalised(name)}(`,
  },
]

function capitalised(name) {
  return name[0].toUpperCase() + name.slice(1)
}

const out = values.out === undefined ? mkdtempSync(join(tmpdir(), 'codegen-')) : resolve(values.out)
const problems = typesThatPart()
try {
  generate(out)
  const { methods, events } = namesOfNativeModule()
  for (const { name, ending, method, event } of platforms) {
    const text = generated(out, ending)
    const expected = [...methods.map(method), ...events.map(event)]
    for (const line of expected) {
      if (!text.includes(line)) problems.push(`The ${name} interface has no "${line}".`)
    }
    console.log(`${name}: ${methods.length} methods, ${events.length} events`)
  }
} finally {
  if (values.out === undefined) rmSync(out, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('The spec for codegen says what NativeModule says.')
