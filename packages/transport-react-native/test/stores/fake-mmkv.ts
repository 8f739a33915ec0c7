import type { Mmkv } from '../../src/stores/mmkv.ts'
import type { AppLife } from './app-life.ts'

/**
 * What is modelled of react-native-mmkv 4.3.2 (cpp/HybridMMKV.cpp): synchronous; an empty key throws;
 * what is missing is undefined; `remove` tells whether there was something. Text crosses as UTF-8.
 * The file is mapped into memory: what was set is there for the next process, each value as a whole
 * and nothing of those after it.
 */
export class FakeMmkv implements Mmkv {
  readonly id: string
  /** Bytes of keys and values that were set. */
  writtenBytes = 0
  readonly #file: Map<string, string>
  readonly #life: AppLife

  constructor(id: string, file: Map<string, string>, life: AppLife) {
    this.id = id
    this.#file = file
    this.#life = life
  }

  set(key: string, value: string): void {
    if (key === '') throw new Error('Cannot set a value for an empty key!')
    this.writtenBytes += Buffer.byteLength(key) + Buffer.byteLength(value)
    this.#life.operate(() => this.#file.set(throughUtf8(key), throughUtf8(value)))
  }

  getString(key: string): string | undefined {
    return this.#life.operate(() => this.#file.get(throughUtf8(key)))
  }

  remove(key: string): boolean {
    return this.#life.operate(() => this.#file.delete(throughUtf8(key)))
  }

  getAllKeys(): string[] {
    return this.#life.operate(() => [...this.#file.keys()])
  }
}

function throughUtf8(text: string): string {
  return Buffer.from(text).toString()
}
