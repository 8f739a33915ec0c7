import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { UploaderProvider, useUploads } from '../src/index.ts'

const Count = (): string => `${useUploads().length} uploads`

test('the hooks ask for no document, window or navigator', () => {
  expect(globalThis).not.toHaveProperty('document')
  expect(globalThis).not.toHaveProperty('window')
  const tree = createElement(UploaderProvider, { uploader: undefined }, createElement(Count))
  expect(renderToString(tree)).toBe('0 uploads')
})
