import { type Clock, UploadError } from '@s3-bg-uploader/core'
import type { AggregateProgress, S3BgUploaderOptions } from './types.ts'

/** Systems drop notifications that change more often. */
const SPACING_MS = 500

const UNITS = ['KB', 'MB', 'GB'] as const

/** Fills in the places of a template; unknown ones stay as they are. */
export function renderTemplate(template: string, session: AggregateProgress): string {
  const values: Readonly<Record<string, string | undefined>> = {
    percentage: `${Math.round(session.percentage)}%`,
    totalSize: humanBytes(session.totalSize),
    uploadedSize: humanBytes(session.uploadedSize),
    totalTransfers: session.totalTransfers?.toString(),
    completedTransfers: session.completedTransfers?.toString(),
    totalFiles: `${session.totalFiles}`,
    completedFiles: `${session.completedFiles}`,
  }
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    return (Object.hasOwn(values, name) ? values[name] : undefined) ?? place
  })
}

/** `1.5 MB`, of 1024 × 1024 bytes each. */
export function humanBytes(bytes: number): string {
  let amount = bytes
  let unit = 'B'
  for (const larger of UNITS) {
    if (amount < 1024) break
    amount /= 1024
    unit = larger
  }
  return unit === 'B' ? `${amount} B` : `${amount.toFixed(1)} ${unit}`
}

export interface NotificationOptions {
  readonly setTimer: Clock['setTimer']
  readonly session: () => AggregateProgress
  readonly notify: S3BgUploaderOptions['notify'] | undefined
  readonly onProblem: (error: UploadError) => void
}

/** Two texts that change at most twice a second, and only when they say something else. */
export class Notification {
  title = ''
  subtitle = ''
  readonly #options: NotificationOptions
  #shown = '\n'
  #stale = false
  #cancelTimer: (() => void) | undefined

  constructor(options: NotificationOptions) {
    this.#options = options
  }

  /** Something that it tells of has changed. */
  refresh(): void {
    this.#stale = true
    if (this.#cancelTimer !== undefined) return
    this.#update()
    this.#cancelTimer = this.#options.setTimer(() => {
      this.#cancelTimer = undefined
      if (this.#stale) this.refresh()
    }, SPACING_MS)
  }

  close(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = () => {}
  }

  #update(): void {
    this.#stale = false
    const session = this.#options.session()
    const [title, subtitle] = [this.title, this.subtitle].map((template) =>
      renderTemplate(template, session),
    ) as [string, string]
    if (`${title}\n${subtitle}` === this.#shown) return
    this.#shown = `${title}\n${subtitle}`
    void this.#show(title, subtitle)
  }

  async #show(title: string, subtitle: string): Promise<void> {
    try {
      await this.#options.notify?.(title, subtitle)
    } catch (cause) {
      const hint = 'Uploads go on. Look at the cause, and whether the app may show notifications.'
      const message = 'The notification could not be changed'
      this.#options.onProblem(new UploadError('internal', message, { cause, hint }))
    }
  }
}
