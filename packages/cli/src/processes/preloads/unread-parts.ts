// Loaded by a client to sabotage it: it does not read every other part that its journal has.
import { levelPrototype } from './level-prototype.ts'

const { iterator } = levelPrototype
levelPrototype.iterator = function (options) {
  const all = iterator.call(this, options)
  return {
    all: async () => (await all.all()).filter(([key]) => !/^p\/.*[02468]$/.test(key)),
  }
}
