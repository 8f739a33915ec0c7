import { Suite } from '../suite.ts'
import { abortCases } from './abort-cases.ts'
import { answerCases } from './answer-cases.ts'
import { backgroundCases } from './background-cases.ts'
import { brokenCases } from './broken-cases.ts'
import { changeCases } from './change-cases.ts'
import { hashCases } from './hash-cases.ts'
import { keptCases } from './kept-cases.ts'
import { openCases } from './open-cases.ts'
import type { TransportConformance } from './options.ts'
import { progressCases } from './progress-cases.ts'
import { putCases } from './put-cases.ts'
import { readCases } from './read-cases.ts'
import { reopenCases } from './reopen-cases.ts'
import { secretCases } from './secret-cases.ts'

/**
 * Registers the cases that every `Transport` must pass (§5 of the design, and those of its guarantees,
 * §6, that only a transport can keep). Cases are skipped by declared capabilities and limits only.
 */
export function transportConformance<TFile>(options: TransportConformance<TFile>): void {
  const suite = new Suite(options)
  suite.group('transport conformance', () => {
    suite.group('open', () => openCases(suite, options))
    suite.group('reopen', () => reopenCases(suite, options))
    suite.group('kept files', () => keptCases(suite, options))
    suite.group('read', () => readCases(suite, options))
    suite.group('hash', () => hashCases(suite, options))
    suite.group('put', () => putCases(suite, options))
    suite.group('answers', () => answerCases(suite, options))
    suite.group('broken exchanges', () => brokenCases(suite, options))
    suite.group('abort', () => abortCases(suite, options))
    suite.group('progress', () => progressCases(suite, options))
    suite.group('changed files', () => changeCases(suite, options))
    suite.group('secrets', () => secretCases(suite, options))
    suite.group('background queue', () => backgroundCases(suite, options))
  })
}
