package com.s3bguploader.engine

import java.io.File
import java.io.FileInputStream
import java.io.IOException
import java.nio.ByteBuffer

/** Files by path. */
object PathAccess : FileAccess {
  override fun open(path: String): OpenFile {
    val file = File(path)
    val facts = factsOf(file)
    val channel =
      try {
        FileInputStream(file).channel
      } catch (failure: IOException) {
        val message = "${facts.name} cannot be opened (${describe(failure)})."
        throw UploadFailure(FailureCode.FILE_UNREADABLE, message, failure)
      }
    return object : OpenFile {
      override fun facts() = factsOf(file)

      override fun read(into: ByteBuffer, position: Long) = channel.read(into, position)

      override fun close() = channel.close()
    }
  }

  private fun factsOf(file: File): FileFacts {
    if (!file.exists()) {
      throw UploadFailure(FailureCode.FILE_NOT_FOUND, "${file.name} does not exist.")
    }
    if (!file.isFile) {
      throw UploadFailure(FailureCode.FILE_NOT_REGULAR, "${file.name} is not a regular file.")
    }
    return FileFacts(file.name, file.length(), file.lastModified())
  }
}
