import { Suite } from '../suite.ts'
import { abortCases } from './abort-cases.ts'
import { completeCases } from './complete-cases.ts'
import { corsCases } from './cors-cases.ts'
import { listPartsCases } from './list-parts-cases.ts'
import type { BackendConformance } from './options.ts'
import { ownerCases } from './owner-cases.ts'
import { partCases } from './part-cases.ts'
import { startCases } from './start-cases.ts'
import { urlsCases } from './urls-cases.ts'

/**
 * Registers the cases that every backend must pass (the wire contract, §2 of the design), over HTTP: the
 * backend may be written in any language. Cases are skipped by declared options only.
 *
 * Uploads of up to two parts and some bytes are made, in the part size that the backend chooses.
 */
export function backendConformance(options: BackendConformance): void {
  const suite = new Suite(options)
  suite.group('backend conformance', () => {
    suite.group('startUpload', () => startCases(suite, options))
    suite.group('getUploadUrls', () => urlsCases(suite, options))
    suite.group('part URLs', () => partCases(suite, options))
    suite.group('complete', () => completeCases(suite, options))
    suite.group('listParts', () => listPartsCases(suite, options))
    suite.group('abort', () => abortCases(suite, options))
    suite.group('principals', () => ownerCases(suite, options))
    suite.group('CORS', () => corsCases(suite, options))
  })
}
