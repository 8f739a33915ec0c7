import { expect, test } from 'vitest'
import { toSvg } from '../src/bench/plot.ts'
import { caseOf, runOf } from './run-of.ts'

/** Left edge, width and colour of each bar, with the figure beside it. */
function barsOf(svg: string) {
  const bars = svg.matchAll(
    /<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="\d+" fill="(#\w+)"\/><text [^>]*>([^<]*)</g,
  )
  return [...bars].map(([, x, width, colour, figure]) => ({
    x: Number(x),
    width: Number(width),
    colour,
    figure,
  }))
}

test('bars go from 1 to both sides: as far for twice as much as for half', () => {
  const svg = toSvg(runOf([caseOf('http', { ours: [[2, 2]], other: [[4, 1]] })]))
  const [time, cpu] = barsOf(svg)
  expect(time).toMatchObject({ figure: '2.00' })
  expect(cpu).toMatchObject({ figure: '0.50', width: time?.width })
  expect(cpu?.colour).not.toBe(time?.colour)
})

test('what is beyond the scale ends at its edge', () => {
  const contestants = { ours: [[1, 1]], far: [[100, 1]], farther: [[1000, 1]] } as const
  const [far, , farther] = barsOf(toSvg(runOf([caseOf('http', contestants)])))
  expect(far?.width).toBe(farther?.width)
  expect(farther).toMatchObject({ figure: '1000.00' })
})

test('whoever failed has no bar, and a case of one is not there', () => {
  const svg = toSvg(
    runOf([
      caseOf('http', { ours: [[1, 1]], other: 'it broke' }),
      caseOf('large-file', { ours: [[1, 1]] }),
    ]),
  )
  expect(barsOf(svg)).toEqual([])
  expect(svg).toContain('>failed<')
  expect(svg).not.toContain('large-file')
})

test('names are escaped', () => {
  const one = caseOf('http', { ours: [[1, 1]], '<a & b>': [[1, 1]] })
  expect(toSvg(runOf([one]))).toContain('&lt;a &amp; b>')
})
