/**
 * Reads what `getAllResponseHeaders` returns: a line for each header, in which a browser has joined
 * what came twice. Names in lower case, as `fetch` gives them.
 */
export function parseResponseHeaders(lines: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return headers
}
