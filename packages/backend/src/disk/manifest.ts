import * as z from 'zod/mini'

/** What the disk knows of one upload apart from its parts. */
export interface Manifest {
  readonly version: 1
  readonly owner: string
  readonly key: string
  /** Bytes. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** Digest of the start request, by which a repeated one is recognised. */
  readonly fingerprint: string
  /** Set once the object is there: the ETag of the whole. */
  readonly completed?: string | undefined
}

const manifest: z.ZodMiniType<Manifest> = z.object({
  version: z.literal(1),
  owner: z.string(),
  key: z.string(),
  fileSize: z.int().check(z.minimum(0)),
  partSize: z.int().check(z.minimum(1)),
  fingerprint: z.string(),
  completed: z.optional(z.string()),
})

/** @throws Error for a file that is not a manifest. */
export function parseManifest(text: string): Manifest {
  return manifest.parse(JSON.parse(text))
}
