package com.s3bguploader.engine

import java.io.File
import java.io.IOException

/** A disk that can be full: it takes half of what is written, as real ones do, and then fails. */
class FillingDisk(private val file: File, private val disk: LedgerDisk) : LedgerDisk by disk {
  @Volatile var full = false
  @Volatile var onlyReplaceFails = false

  override fun append(bytes: ByteArray) {
    if (full) {
      file.appendBytes(bytes.copyOf(bytes.size / 2))
      throw IOException("No space left on device")
    }
    disk.append(bytes)
  }

  override fun replace(bytes: ByteArray) {
    if (full || onlyReplaceFails) throw IOException("No space left on device")
    disk.replace(bytes)
  }
}
