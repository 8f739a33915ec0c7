import { createRequire } from 'node:module'

interface Operation {
  readonly key: string
}

/** What the journal uses of a LevelDB. */
interface Level {
  batch(operations: readonly Operation[], options: object): Promise<void>
  iterator(options: object): { all(): Promise<(readonly [key: string, value: string])[]> }
}

const require = createRequire(import.meta.resolve('@s3-bg-uploader/transport-node'))

/** The methods of every LevelDB that this process opens, for a sabotage to replace. */
export const levelPrototype: Level = require('classic-level').ClassicLevel.prototype
