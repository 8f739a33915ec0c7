import type { PartSnapshot } from '@s3-bg-uploader/core'
import { type ReactElement, useLayoutEffect, useRef } from 'react'
import { useTheme, useWidth } from './canvas-surroundings.ts'
import { drawParts } from './draw-parts.ts'
import { gridOf } from './grid-of.ts'

/**
 * Every part as a cell. A canvas: ten thousand elements would be felt at 20 changes a second. It is
 * hidden from screen readers, which find the counts beside it.
 */
export function PartGrid({ parts }: { readonly parts: readonly PartSnapshot[] }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(canvas)
  const theme = useTheme()
  const grid = gridOf(parts.length, width)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colors it reads
  useLayoutEffect(() => {
    if (canvas.current !== null && width > 0) drawParts(canvas.current, parts, grid)
  }, [parts, width, grid, theme])
  return (
    <div aria-hidden="true">
      <canvas ref={canvas} className="part-grid" style={{ blockSize: `${grid.height}px` }} />
    </div>
  )
}
