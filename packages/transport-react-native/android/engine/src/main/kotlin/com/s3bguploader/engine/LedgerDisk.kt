package com.s3bguploader.engine

import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/** The bytes of a ledger. A port, so that a full disk can be tried out. */
interface LedgerDisk : Closeable {
  @Throws(IOException::class) fun read(): ByteArray

  /** Durable once it returns. What it throws in the middle of is cut off before the next append. */
  @Throws(IOException::class) fun append(bytes: ByteArray)

  /** Cuts the ledger off at that length, also for good once something is appended. */
  @Throws(IOException::class) fun cut(length: Long)

  /** All or nothing, after a crash too. */
  @Throws(IOException::class) fun replace(bytes: ByteArray)
}

/**
 * A ledger in a file. Not safe for use by two threads at once.
 *
 * @param syncFolder makes names in a folder durable; Android and the JVM have different calls for
 *   it.
 */
class FileDisk(private val file: File, private val syncFolder: (File) -> Unit) : LedgerDisk {
  private val folder: File = file.absoluteFile.parentFile
  private lateinit var log: RandomAccessFile
  private var length = 0L

  /** Until the folder is synced a power failure may bring back the file that was there before. */
  private var named = false

  override fun read(): ByteArray {
    log = RandomAccessFile(file, "rw")
    length = log.length()
    val bytes = ByteArray(length.toInt())
    log.seek(0)
    log.readFully(bytes)
    return bytes
  }

  override fun append(bytes: ByteArray) {
    if (log.length() != length) log.setLength(length)
    log.seek(length)
    log.write(bytes)
    log.fd.sync()
    if (!named) syncFolder(folder)
    named = true
    length += bytes.size
  }

  override fun cut(length: Long) {
    this.length = length
  }

  override fun replace(bytes: ByteArray) {
    val next = File(folder, "${file.name}.new")
    val nextLog = RandomAccessFile(next, "rw")
    try {
      nextLog.setLength(0)
      nextLog.write(bytes)
      nextLog.fd.sync()
      if (!next.renameTo(file)) throw IOException("the new ledger could not be renamed")
    } catch (failure: IOException) {
      nextLog.close()
      // What is left of it only takes space; deleting it is no part of what failed.
      next.delete()
      throw failure
    }
    log.close()
    log = nextLog
    length = bytes.size.toLong()
    named = false
    syncFolder(folder)
    named = true
  }

  override fun close() {
    if (::log.isInitialized) log.close()
  }
}
