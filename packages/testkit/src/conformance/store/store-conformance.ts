import { Suite } from '../suite.ts'
import { crashCases } from './crash-cases.ts'
import { lifeCases } from './life-cases.ts'
import type { StoreConformance } from './options.ts'
import { orderCases } from './order-cases.ts'
import { recordCases } from './record-cases.ts'

/**
 * Registers the cases that every `Store` must pass (§5 of the design, and guarantees 9 and 10 of §6).
 * Cases are skipped by declared capabilities only.
 */
export function storeConformance(options: StoreConformance): void {
  const suite = new Suite(options)
  suite.group('store conformance', () => {
    suite.group('records', () => recordCases(suite, options))
    suite.group('order and atomicity', () => orderCases(suite, options))
    suite.group('open, close and locks', () => lifeCases(suite, options))
    suite.group('crashes', () => crashCases(suite, options))
  })
}
