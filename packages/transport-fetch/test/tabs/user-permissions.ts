import { onTestFinished, vi } from 'vitest'

/** What the user of all tabs was asked, and permitted. */
export class UserPermissions {
  /** Names of the files that the user was asked for. */
  readonly asked: string[] = []
  readonly #permitted = new Set<string>()

  /** From now on `structuredClone` knows handles, as that of a browser does. */
  constructor() {
    const native = structuredClone
    const clone = (value: unknown): unknown => {
      if (value instanceof PermissionHandle) return new PermissionHandle(value.name, this)
      if (Array.isArray(value)) return value.map(clone)
      if (Object.prototype.toString.call(value) !== '[object Object]') return native(value)
      return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, clone(v)]))
    }
    vi.stubGlobal('structuredClone', clone)
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
  }

  handle(name: string): PermissionHandle {
    return new PermissionHandle(name, this)
  }

  isPermitted(name: string): boolean {
    return this.#permitted.has(name)
  }

  ask(name: string): void {
    this.asked.push(name)
    this.#permitted.add(name)
  }
}

/** A file handle, as far as permissions go. */
export class PermissionHandle {
  readonly kind = 'file'
  readonly name: string
  readonly #user: UserPermissions

  constructor(name: string, user: UserPermissions) {
    this.name = name
    this.#user = user
  }

  async queryPermission(): Promise<PermissionState> {
    return this.#user.isPermitted(this.name) ? 'granted' : 'prompt'
  }

  async requestPermission(): Promise<PermissionState> {
    this.#user.ask(this.name)
    return 'granted'
  }
}
