import type { ControlCall } from '@s3-bg-uploader/core'
import { type HttpAnswer, jsonAnswer } from './http-answer.ts'
import { badDay, errorAfterEffect, withDate } from './server-faults.ts'
import type { SimStorage, StoredUpload } from './sim-storage.ts'
import type { World } from './world.ts'

/** A control call as it arrived. */
export interface ControlRequest {
  readonly call: ControlCall
  /** Of the names in the URL or the body. */
  readonly uploadId: string | undefined
  readonly body: Readonly<Record<string, unknown>>
  readonly authorization: string | undefined
}

/** The app's backend. */
export class SimBackend {
  readonly #world: World
  readonly #storage: SimStorage
  /** Every multipart upload there ever was, those that the storage forgot included. */
  readonly #known = new Map<string, StoredUpload>()
  readonly #completed = new Set<string>()
  /** Tokens that were refused once. */
  readonly #refused = new Set<string>()

  constructor(world: World, storage: SimStorage) {
    this.#world = world
    this.#storage = storage
  }

  uploadOf(uploadId: string | undefined): StoredUpload | undefined {
    return uploadId === undefined ? undefined : this.#known.get(uploadId)
  }

  handle(request: ControlRequest): HttpAnswer {
    const world = this.#world
    const { call } = request
    const refused = this.#refuse(request) ?? badDay(world, 'backend')
    if (refused !== undefined) return withDate(world, refused)
    const answer = this.#answer(request)
    world.note('backend', () => `${call} ${request.uploadId ?? ''}: ${answer.status}`)
    const late = errorAfterEffect(world)
    if (late !== undefined) return withDate(world, late)
    if (answer.status < 300 && world.strikes('malformed')) {
      const body = world.random.pick('backend.malformed', ['', '<html>', '{}', '[]', 'null'])
      return withDate(world, { ...answer, body })
    }
    return withDate(world, answer)
  }

  #refuse({ authorization }: ControlRequest): HttpAnswer | undefined {
    if (authorization === undefined) return undefined
    if (this.#refused.has(authorization)) return jsonAnswer(401, { error: 'expired' })
    if (!this.#world.strikes('unauthorized')) return undefined
    this.#refused.add(authorization)
    return jsonAnswer(401, { error: 'expired' })
  }

  #answer(request: ControlRequest): HttpAnswer {
    const { call, body } = request
    if (call === 'start') return this.#start(body)
    const upload = this.uploadOf(request.uploadId)
    if (upload === undefined) return jsonAnswer(404, { code: 'NoSuchKey' })
    switch (call) {
      case 'urls': {
        // Signing needs no storage, so this works for what the storage has forgotten too.
        const parts = body.parts as readonly number[]
        const urls = Object.fromEntries(
          parts.map((part) => [part, this.#storage.presign(upload, part)]),
        )
        return jsonAnswer(200, { urls, extra: true })
      }
      case 'list': {
        if (!this.#storage.uploads.has(upload.uploadId)) return this.#storageError('NoSuchUpload')
        const parts = [...upload.parts].map(([PartNumber, { etag, bytes }]) => ({
          PartNumber,
          ETag: etag,
          Size: bytes.length,
        }))
        return jsonAnswer(200, { parts: parts.sort((a, b) => a.PartNumber - b.PartNumber) })
      }
      case 'complete':
        return this.#complete(upload, body)
      case 'abort':
        if (!this.#storage.uploads.has(upload.uploadId)) return this.#storageError('NoSuchUpload')
        this.#storage.forget(upload)
        return jsonAnswer(200, {})
    }
  }

  #start(body: Readonly<Record<string, unknown>>): HttpAnswer {
    const upload = this.#storage.create({
      fileName: String(body.fileName),
      fileHash: String(body.fileHash),
      fileSize: Number(body.fileSize),
    })
    this.#known.set(upload.uploadId, upload)
    const { key, uploadId } = upload
    return jsonAnswer(200, { key, uploadId, partSize: this.#world.plan.partSize, extra: 1 })
  }

  #complete(upload: StoredUpload, body: Readonly<Record<string, unknown>>): HttpAnswer {
    if (this.#completed.has(upload.uploadId) && !this.#world.has('complete-once')) {
      return jsonAnswer(200, {})
    }
    if (this.#world.strikes('forgotten-upload')) this.#storage.forget(upload)
    const result = this.#storage.complete(
      upload,
      body.parts as readonly { PartNumber: number; ETag: string }[],
    )
    if (result !== 'OK') return this.#storageError(result)
    this.#completed.add(upload.uploadId)
    return jsonAnswer(200, {})
  }

  #storageError(code: string): HttpAnswer {
    if (this.#world.has('masked-errors')) return jsonAnswer(400, { error: 'upload failed' })
    return jsonAnswer(code === 'NoSuchUpload' ? 404 : 400, { code })
  }
}
