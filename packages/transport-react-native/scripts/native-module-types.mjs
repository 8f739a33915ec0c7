import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Compares by identity: assignability would not see an optional field that one side lacks. */
const COMPARISON = `
import type { NativeModule } from './native-module.ts'
import type { Spec } from './specs/NativeS3BgUploader.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? 'same' : 'of another type'
type Events<M> = {
  [K in keyof M as K extends \`on\${string}\` ? K : never]: M[K] extends (
    listener: (event: infer E) => never,
  ) => { remove(): void }
    ? E
    : never
}
type Compared = {
  [K in keyof NativeModule | keyof Spec]: K extends keyof NativeModule & keyof Spec
    ? K extends keyof Events<NativeModule> & keyof Events<Spec>
      ? Same<Events<NativeModule>[K], Events<Spec>[K]>
      : Same<NativeModule[K], Spec[K]>
    : 'on one side only'
}
export declare const compared: Compared
`

const comparison = `${root}src/comparison-of-native-module.ts`

const options = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  lib: ['lib.es2022.d.ts'],
  types: [],
}

/** A program of the package's sources and of the comparison, which is in memory only. */
function program() {
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  const isComparison = (name) => name === comparison
  host.fileExists = (name) => isComparison(name) || fileExists(name)
  host.readFile = (name) => (isComparison(name) ? COMPARISON : readFile(name))
  host.getSourceFile = (name, languageVersion, ...rest) =>
    isComparison(name)
      ? ts.createSourceFile(name, COMPARISON, languageVersion)
      : getSourceFile(name, languageVersion, ...rest)
  const declarations = `${root}src/specs/react-native.d.ts`
  return ts.createProgram([comparison, declarations], options, host)
}

const compiled = program()
const checker = compiled.getTypeChecker()

/** What the interface NativeModule and the spec for codegen say differently; empty when nothing. */
export function typesThatPart() {
  const errors = ts.getPreEmitDiagnostics(compiled)
  if (errors.length > 0)
    return errors.map((e) => ts.flattenDiagnosticMessageText(e.messageText, '\n'))
  const file = compiled.getSourceFile(comparison)
  const [declared] = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
  const type = checker.getTypeOfSymbol(declared)
  return type
    .getProperties()
    .map((property) => [property.name, checker.typeToString(checker.getTypeOfSymbol(property))])
    .filter(([, verdict]) => verdict !== '"same"')
    .map(([name, verdict]) => `${name} of NativeModule and of the spec: ${JSON.parse(verdict)}.`)
}

/** The names in the interface NativeModule: what is called, and what is listened to. */
export function namesOfNativeModule() {
  const file = compiled.getSourceFile(`${root}src/native-module.ts`)
  const module = checker
    .getExportsOfModule(checker.getSymbolAtLocation(file))
    .find((symbol) => symbol.name === 'NativeModule')
  const names = checker.getDeclaredTypeOfSymbol(module).getProperties()
  const isMethod = (symbol) => (symbol.flags & ts.SymbolFlags.Method) !== 0
  return {
    methods: names.filter(isMethod).map((symbol) => symbol.name),
    events: names.filter((symbol) => !isMethod(symbol)).map((symbol) => symbol.name),
  }
}
