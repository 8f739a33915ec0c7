/**
 * Answers the page's requests without a server, so that every state of an upload can be held still
 * for a picture. What it answers is in the contract's form; nothing is stored.
 */
export class StagedBackend {
  /** Bytes. */
  partSize = 1_000_000
  /** What happens to a PUT: 'confirm', 'hold' (no answer), or an answer. */
  put = (_part) => 'confirm'
  /** An answer to startUpload that is not the usual one. */
  startAnswer = (_fileName) => undefined
  #names = new Map()
  #attempts = new Map()

  async attach(context) {
    await context.route('**/api/**', (route) => this.#answer(route))
    await context.route('**/staged/**', (route) => this.#receive(route))
  }

  async #answer(route) {
    const request = route.request()
    const [, call] = /\/api\/([a-z-]+)/.exec(request.url()) ?? []
    const body = call === 'start' || call === 'urls' ? request.postDataJSON() : undefined
    const origin = new URL(request.url()).origin
    if (call === 'start') {
      const answer = this.startAnswer(body.fileName)
      if (answer !== undefined) return route.fulfill(answer)
      const id = `upload-${this.#names.size + 1}`
      this.#names.set(id, body.fileName)
      const key = `${body.fileHash}/${body.fileName.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')}`
      return route.fulfill({ json: { key, uploadId: id, partSize: this.partSize } })
    }
    if (call === 'urls') {
      const url = (part) => `${origin}/staged/${body.uploadId}/${part}`
      return route.fulfill({
        json: { urls: Object.fromEntries(body.parts.map((part) => [part, url(part)])) },
      })
    }
    if (call === 'list-parts') return route.fulfill({ json: { parts: [] } })
    return route.fulfill({ json: {} })
  }

  async #receive(route) {
    const [, uploadId, number] = /\/staged\/([^/]+)\/(\d+)/.exec(route.request().url()) ?? []
    const id = `${uploadId} ${number}`
    const attempt = (this.#attempts.get(id) ?? 0) + 1
    this.#attempts.set(id, attempt)
    const name = this.#names.get(uploadId)
    const answer = await this.put({ name, partNumber: Number(number), attempt })
    if (answer === 'hold') return
    if (answer !== 'confirm') return route.fulfill(answer)
    await route.fulfill({ status: 200, headers: { etag: `"etag-${number}"` } })
  }
}
