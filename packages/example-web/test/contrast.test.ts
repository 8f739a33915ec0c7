import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

// WCAG 2.2 AA: 4.5 for text, 3 for what one must see to operate or understand (1.4.3, 1.4.11).

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')
const [light = '', dark = ''] = css.split('@media')

const colorsIn = (block: string): Record<string, string> =>
  Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, n, c]) => [n, c]))

const schemes = { light: colorsIn(light), dark: { ...colorsIn(light), ...colorsIn(dark) } }

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(some: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(some), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

describe.each(Object.entries(schemes))('%s', (_scheme, colors) => {
  const between = (some: string, other: string): number => {
    const [a, b] = [colors[some], colors[other]]
    if (a === undefined || b === undefined) throw new Error(`No color for ${some} or ${other}`)
    return contrast(a, b)
  }

  test.each([
    ['ink', 'paper'],
    ['ink', 'surface'],
    ['ink', 'track'],
    ['ink', 'accent-soft'],
    ['ink-soft', 'accent-soft'],
    ['ink-soft', 'paper'],
    ['ink', 'warn-soft'],
    ['ink', 'bad-soft'],
    ['ink-soft', 'bad-soft'],
    ['ink-soft', 'track'],
    ['accent-ink', 'accent'],
    ['good', 'paper'],
    ['warn', 'paper'],
    ['bad', 'paper'],
  ])('text in %s can be read on %s', (text, ground) => {
    expect(between(text, ground)).toBeGreaterThanOrEqual(4.5)
  })

  test.each([
    ['line-strong', 'paper'],
    ['accent', 'paper'],
    ['accent', 'track'],
    ['good', 'track'],
    ['good', 'part-waiting'],
    ['accent', 'part-waiting'],
    ['warn', 'warn-soft'],
    ['bad', 'bad-soft'],
  ])('%s is told from %s', (some, other) => {
    expect(between(some, other)).toBeGreaterThanOrEqual(3)
  })
})
