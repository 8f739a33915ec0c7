package com.s3bguploader.engine

import java.io.Closeable
import java.io.IOException
import java.nio.ByteBuffer

/** A file as it was when it was opened for hashing. `lastModified` is below 0 where nobody knew. */
data class FileRef(val path: String, val size: Long, val lastModified: Long)

/** A file as it is now. */
data class FileFacts(val name: String, val size: Long, val lastModified: Long)

/** How files are reached: by path, and on Android by `content://` URI too. */
interface FileAccess {
  /** @throws UploadFailure `file_not_found`, `file_not_regular`, `file_unreadable`. */
  fun open(path: String): OpenFile
}

interface OpenFile : Closeable {
  /**
   * Asked anew each time.
   *
   * @throws UploadFailure as [FileAccess.open].
   */
  fun facts(): FileFacts

  /** Bytes read into the buffer, below 1 at the end of the file. Leaves other readers alone. */
  @Throws(IOException::class) fun read(into: ByteBuffer, position: Long): Int
}

/**
 * @throws UploadFailure `source_changed` when another file is there now, or as [FileAccess.open].
 */
fun FileAccess.openUnchanged(ref: FileRef): OpenFile {
  val file = open(ref.path)
  try {
    file.requireUnchanged(ref)
    return file
  } catch (failure: UploadFailure) {
    file.close()
    throw failure
  }
}

/** @throws UploadFailure `source_changed`, or as [FileAccess.open]. */
fun OpenFile.requireUnchanged(ref: FileRef) {
  val now = facts()
  if (now.size != ref.size) throw changed("it had ${ref.size} bytes and has ${now.size}")
  if (ref.lastModified >= 0 && now.lastModified != ref.lastModified) throw changed("it was written")
}

/**
 * Bytes `[start, end)`.
 *
 * @throws UploadFailure `source_changed`, `file_unreadable`, or as [FileAccess.open].
 */
fun FileAccess.readRange(ref: FileRef, start: Long, end: Long): ByteArray =
  openUnchanged(ref).use { file ->
    ByteArray((end - start).toInt()).also { file.readFully(it, it.size, start) }
  }

/**
 * Fills the buffer's first `count` bytes from the file.
 *
 * @throws UploadFailure `source_changed` when the file ends before, `file_unreadable`.
 */
fun OpenFile.readFully(into: ByteArray, count: Int, position: Long) {
  var read = 0
  while (read < count) {
    val more =
      try {
        read(ByteBuffer.wrap(into, read, count - read), position + read)
      } catch (failure: IOException) {
        val message = "The file could not be read (${describe(failure)})."
        throw UploadFailure(FailureCode.FILE_UNREADABLE, message, failure)
      }
    if (more < 1) throw changed("it ends at byte ${position + read}")
    read += more
  }
}

private fun changed(how: String) =
  UploadFailure(FailureCode.SOURCE_CHANGED, "The file changed since it was opened: $how.")
