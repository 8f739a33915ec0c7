import { createSign, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const CLIENT_ID = 'uploader'

/**
 * Vouches for people by OpenID Connect. That is MinIO's way in AWS's words to give somebody a policy of
 * his own: AssumeRoleWithWebIdentity; making users takes an admin API that no other server has.
 */
export class MinioIdentity {
  #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  #server
  #issuer

  /** @returns what MinIO is to be started with. */
  async open() {
    this.#server = createServer((request, response) => {
      const jwk = { ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256' }
      const issuer = this.#issuer
      const body = request.url?.startsWith('/keys')
        ? { keys: [{ ...jwk, use: 'sig' }] }
        : { issuer, jwks_uri: `${issuer}/keys`, response_types_supported: ['id_token'] }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    }).listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#issuer = `http://127.0.0.1:${this.#server.address().port}`
    return {
      MINIO_IDENTITY_OPENID_CONFIG_URL: `${this.#issuer}/.well-known/openid-configuration`,
      MINIO_IDENTITY_OPENID_CLIENT_ID: CLIENT_ID,
    }
  }

  close() {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Somebody who may read and write all, and of that only what `policy` says. */
  async credentials(endpoint, policy) {
    const exp = Math.floor(Date.now() / 1000) + 3600
    const claims = { iss: this.#issuer, aud: CLIENT_ID, sub: 'ann', exp, policy: 'readwrite' }
    const form = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      DurationSeconds: '3600',
      WebIdentityToken: this.#token(claims),
      Policy: JSON.stringify(policy),
    }
    const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) })
    const xml = await answer.text()
    const field = (name) => {
      const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
      if (value === undefined) throw new Error(`AssumeRoleWithWebIdentity is answered: ${xml}`)
      return value
    }
    return {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
    }
  }

  #token(claims) {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'key' })}.${encode(claims)}`
    const signature = createSign('RSA-SHA256').update(signed).sign(this.#keys.privateKey)
    return `${signed}.${signature.toString('base64url')}`
  }
}
