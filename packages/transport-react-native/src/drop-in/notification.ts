import { type Clock, UploadError } from '@s3-bg-uploader/core'
import { renderTemplate } from './notification-template.ts'
import type { AggregateProgress, S3BgUploaderOptions } from './types.ts'

/** Systems drop notifications that change more often. */
const SPACING_MS = 500

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
