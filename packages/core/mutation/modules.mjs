import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import vm from 'node:vm'
import ts from 'typescript'

const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
}

/**
 * The modules of the sandbox, loaded in a way that they can be loaded anew within one process: what a
 * module does when it is loaded must be done again for a mutant in it.
 */
export class Modules {
  #scripts = new Map()
  #packages = new Map()
  #loaded = new Map()

  /** Compiles a file and what it imports, and loads the packages that these need. */
  async prepare(path) {
    if (this.#scripts.has(path)) return
    const text = readFileSync(path, 'utf8')
    const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: path })
    const wrapped = `(function (exports, require) {${outputText}\n})`
    this.#scripts.set(path, new vm.Script(wrapped, { filename: path }))
    // In the quotes of the compiler, or in those of a dynamic import as it was written.
    for (const [, name] of outputText.matchAll(/require\(["']([^"']+)["']\)/g)) {
      if (name.startsWith('.')) await this.prepare(join(dirname(path), name))
      else if (!this.#packages.has(name)) this.provide(name, await import(name))
    }
  }

  /** What `import` of this package gives. */
  provide(name, namespace) {
    this.#packages.set(name, { __esModule: true, ...namespace })
  }

  load(path) {
    const known = this.#loaded.get(path)
    if (known !== undefined) return known
    const exports = {}
    this.#loaded.set(path, exports)
    const require = (name) =>
      name.startsWith('.') ? this.load(join(dirname(path), name)) : this.#packages.get(name)
    this.#scripts.get(path).runInThisContext()(exports, require)
    return exports
  }

  forget() {
    this.#loaded.clear()
  }
}
