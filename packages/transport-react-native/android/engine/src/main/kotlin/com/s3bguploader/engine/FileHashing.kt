package com.s3bguploader.engine

/** One run over a whole file. */
class FileHashing(private val files: FileAccess, private val ref: FileRef) {
  @Volatile private var cancelled = false

  /**
   * XXH64 (seed 0) of the file, 16 lower-case hex digits. `onProgress` hears the bytes hashed so
   * far after every read.
   *
   * @throws UploadFailure `source_changed` when the file is not, or does not stay, the one that
   *   `ref` names, `aborted` once cancelled, or as [FileAccess.open].
   */
  fun run(onProgress: (Long) -> Unit): String =
    files.openUnchanged(ref).use { file ->
      val hash = Xxh64()
      val buffer = ByteArray(BUFFER_BYTES)
      var at = 0L
      while (at < ref.size) {
        if (cancelled) throw UploadFailure(FailureCode.ABORTED, "The hashing was cancelled.")
        val count = minOf(buffer.size.toLong(), ref.size - at).toInt()
        file.readFully(buffer, count, at)
        hash.update(buffer, 0, count)
        at += count
        onProgress(at)
      }
      file.requireUnchanged(ref)
      hash.digest()
    }

  /** From any thread. */
  fun cancel() {
    cancelled = true
  }
}

private const val BUFFER_BYTES = 1024 * 1024
