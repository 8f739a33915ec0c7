package com.s3bguploader.engine

import java.io.Closeable
import java.io.File
import java.io.RandomAccessFile
import java.net.HttpURLConnection
import java.nio.channels.FileChannel
import java.nio.file.StandardOpenOption.READ

const val MIB = 1024L * 1024

/** The JVM's way to make names in a folder durable. */
fun syncFolder(folder: File) = FileChannel.open(folder.toPath(), READ).use { it.force(true) }

val PLAIN_CONNECTIONS = ConnectionFactory { it.openConnection() as HttpURLConnection }

val EVERYTHING = DeviceState(online = true, unmetered = true, notRoaming = true, charging = true)

/** A file of that many bytes, no two parts of it alike; mostly holes, so that it costs nothing. */
fun sparseFile(file: File, parts: Int, partSize: Long): FileRef {
  RandomAccessFile(file, "rw").use {
    it.setLength(parts * partSize)
    for (part in 0 until parts) {
      it.seek(part * partSize)
      if (partSize > 0) it.write(part + 1)
    }
  }
  return FileRef(file.path, file.length(), file.lastModified())
}

fun idOf(number: Int) = "u1/$number/1"

fun tasksOf(server: StorageServer, ref: FileRef, parts: Int, partSize: Long): List<PartTask> =
  (1..parts).map { PartTask(idOf(it), server.url(it), ref, (it - 1) * partSize, it * partSize) }

/** The hash of the bytes that a task is to send. */
fun hashOf(task: PartTask): String {
  val bytes = ByteArray(task.bytes.toInt())
  RandomAccessFile(task.file.path, "r").use {
    it.seek(task.start)
    it.readFully(bytes)
  }
  return Xxh64().apply { update(bytes) }.digest()
}

/** The entries in a ledger's file as another process would read them. */
fun entriesIn(file: File): Map<String, EntryRecord> {
  val copy = File(file.path + ".copy")
  file.copyTo(copy, overwrite = true)
  return Ledger(FileDisk(copy, ::syncFolder)) {}.use { it.entries.toMap() }
}

/** An engine with its ledger in a folder, a storage to send to, and what it told. */
class Bench(
  val folder: File,
  val rules: EngineRules = EngineRules(),
  val server: StorageServer = StorageServer(),
  device: DeviceState = EVERYTHING,
  files: FileAccess = PathAccess,
  disk: (LedgerDisk) -> LedgerDisk = { it },
  onEvent: (Any) -> Unit = {},
) : Closeable {
  val ledgerFile = File(folder, "ledger")
  val clock = ManualClock()
  val log = EventLog(onEvent)
  private val ledger = Ledger(disk(FileDisk(ledgerFile, ::syncFolder)), log::onProblem)
  val engine = PartEngine(ledger, files, clock, { 0.5 }, log, device, rules)

  fun start() = engine.start(PLAIN_CONNECTIONS)

  fun tasks(parts: Int, partSize: Long = 64 * 1024): List<PartTask> =
    tasksOf(server, sparseFile(File(folder, "film.mp4"), parts, partSize), parts, partSize)

  override fun close() {
    engine.stop()
    server.close()
  }
}
