import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// For localhost, 127.0.0.1 and ::1. It is the one that the tests of transport-node trust.
const folder = new URL('../../../../transport-node/test/fixtures/', import.meta.url)

/** For clients that take the path of a file with what they trust. */
export const certificatePath: string = fileURLToPath(new URL('loopback.cert.pem', folder))

export const readCertificate = (): { readonly cert: string; readonly key: string } => ({
  cert: readFileSync(certificatePath, 'utf8'),
  key: readFileSync(new URL('loopback.key.pem', folder), 'utf8'),
})
