/** An answer on the wire. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function s3Error(status: number, code: string): HttpAnswer {
  return {
    status,
    headers: {},
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
  }
}

export function jsonAnswer(status: number, body: unknown): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300
}

/** Asking again would be answered the same. */
export function isRefusal({ status }: HttpAnswer): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status)
}

/** Says nothing of what became of a request that was sent twice on the way. */
export function isNotNow({ status }: HttpAnswer): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/** Milliseconds that the server asks for. */
export function retryAfterOf({ headers }: HttpAnswer): number | undefined {
  const value = headers['retry-after']
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  return Date.parse(value) - Date.parse(headers.date ?? value)
}
