// Loaded by a client to sabotage it: the journal takes no part, and says that it did.
import { levelPrototype } from './level-prototype.ts'

const { batch } = levelPrototype
levelPrototype.batch = function (operations, options) {
  return batch.call(
    this,
    operations.filter(({ key }) => !key.startsWith('p/')),
    options,
  )
}
