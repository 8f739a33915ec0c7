import type { Exchange } from './exchange.ts'

/** One line an exchange: `4 put upload-1 part 2, 4 B -> 503 [503 SlowDown]`. */
export function describeExchanges(exchanges: readonly Exchange[]): string {
  return exchanges.map((exchange) => `${exchange.number} ${describe(exchange)}`).join('\n')
}

function describe(exchange: Exchange): string {
  const { faults } = exchange
  return `${request(exchange)} -> ${answer(exchange)}${faults.length === 0 ? '' : ` [${faults.join(', ')}]`}`
}

function request({
  route,
  method,
  url,
  query,
  json,
  uploadId = '?',
  part,
  parts,
  bytes,
}: Exchange): string {
  switch (route) {
    case 'start':
      return `start ${field(json, 'fileName')}, ${field(json, 'fileSize')} B`
    case 'urls':
    case 'complete':
      return `${route} ${uploadId} ${ranges(parts)}`
    case 'list':
    case 'abort':
      return `${route} ${uploadId}`
    case 'put':
      return `put ${uploadId} part ${part ?? '?'}, ${bytes} B`
    case 'other':
      return `${method} ${url}${query}`
  }
}

function answer({ outcome, status, effect }: Exchange): string {
  if (outcome === 'answered') return String(status)
  // What the client cannot know is what such a test is about.
  return effect === undefined ? outcome : `${outcome}, done: ${effect}`
}

function field(json: unknown, name: string): string {
  const value = typeof json === 'object' && json !== null && Reflect.get(json, name)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?'
}

/** `1-3,7` */
function ranges(parts: readonly number[]): string {
  const runs: [first: number, last: number][] = []
  for (const part of parts) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === part - 1) run[1] = part
    else runs.push([part, part])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
