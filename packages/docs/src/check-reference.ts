// Whether everything that the packages export is explained, by what TypeDoc found:
// node dist/check-reference.js API.json
import { readFileSync } from 'node:fs'

/** What is used of TypeDoc's JSON. */
interface Reflection {
  readonly name: string
  readonly kind: number
  readonly comment?: { readonly summary: readonly unknown[] }
  readonly signatures?: readonly Reflection[]
  readonly getSignature?: Reflection
  readonly children?: readonly Reflection[]
  readonly sources?: readonly { readonly fileName: string; readonly line: number }[]
}

/** Kinds of TypeDoc that need no words: packages and their entries, constructors, what is exported twice. */
const SILENT = new Set([1, 2, 512, 4_194_304])

/** Paths of exports without a docstring, members of types and classes included. */
export function findUnexplained(reflection: Reflection, path = ''): readonly string[] {
  const { children = [], signatures = [], getSignature, comment, kind, sources } = reflection
  const explained = [comment, getSignature?.comment, ...signatures.map((one) => one.comment)]
  const [{ fileName, line } = { fileName: '?', line: 0 }] = sources ?? []
  // What is inherited from the language is explained there.
  const isExplained =
    SILENT.has(kind) ||
    fileName.includes('node_modules/') ||
    explained.some((one) => (one?.summary.length ?? 0) > 0)
  return [
    ...(isExplained ? [] : [`${fileName}:${line}: ${path} has no docstring`]),
    ...children.flatMap((child) =>
      findUnexplained(child, path ? `${path}.${child.name}` : child.name),
    ),
  ]
}

const [file] = process.argv.slice(2)
if (file !== undefined) {
  const unexplained = findUnexplained(JSON.parse(readFileSync(file, 'utf8')))
  for (const line of unexplained) console.error(line)
  console.log(`${unexplained.length} exports without a docstring`)
  process.exitCode = unexplained.length === 0 ? 0 : 1
}
