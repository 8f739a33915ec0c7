import type { PartSnapshot } from '@s3-bg-uploader/core'
import type { Grid } from './grid-of.ts'

/** Draws the parts in the colors of the style sheet, sharp on every screen. */
export function drawParts(
  canvas: HTMLCanvasElement,
  parts: readonly PartSnapshot[],
  { columns, cell, gap, height }: Grid,
): void {
  const context = canvas.getContext('2d')
  // Browsers that defend against fingerprinting may refuse; the same is there in words.
  if (context === null) return
  const scale = window.devicePixelRatio
  canvas.width = Math.round(canvas.clientWidth * scale)
  canvas.height = Math.round(height * scale)
  context.scale(scale, scale)
  const style = getComputedStyle(canvas)
  const color = (name: string): string => style.getPropertyValue(`--part-${name}`)
  const colors = {
    waiting: color('waiting'),
    sending: color('sending'),
    confirmed: color('confirmed'),
    retried: color('retried'),
  }
  // A corner; of small cells, more than that, or nobody would see it.
  const mark = Math.ceil(cell < 8 ? cell / 2 : cell / 3)
  parts.forEach(({ state, size, sentBytes, attempts }, index) => {
    const x = (index % columns) * (cell + gap)
    const y = Math.floor(index / columns) * (cell + gap)
    context.fillStyle = state === 'confirmed' ? colors.confirmed : colors.waiting
    context.fillRect(x, y, cell, cell)
    if (state === 'sending') {
      // A frame that fills from below, so that it is seen from the first byte on.
      const level = size === 0 ? 0 : (sentBytes / size) * cell
      context.strokeStyle = colors.sending
      context.fillStyle = colors.sending
      context.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1)
      context.fillRect(x, y + cell - level, cell, level)
    }
    if (attempts > 0) {
      context.fillStyle = colors.retried
      context.fillRect(x + cell - mark, y, mark, mark)
    }
  })
}
