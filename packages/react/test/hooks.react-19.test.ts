// @vitest-environment happy-dom
import { cleanup } from '@testing-library/react'
import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { afterEach, describe, expect, test } from 'vitest'
import { creationCases } from './cases/creation-cases.tsx'
import { listCases } from './cases/list-cases.ts'
import { providerCases } from './cases/provider-cases.tsx'
import { serverCases } from './cases/server-cases.tsx'
import { uploadCases } from './cases/upload-cases.ts'

afterEach(cleanup)

test('this is React 19', () => {
  expect([version, domVersion]).toEqual([
    expect.stringMatching(/^19\./),
    expect.stringMatching(/^19\./),
  ])
})

describe('uploads', uploadCases)
describe('lists', listCases)
describe('providers', providerCases)
describe('creation', creationCases)
describe('servers', serverCases)
