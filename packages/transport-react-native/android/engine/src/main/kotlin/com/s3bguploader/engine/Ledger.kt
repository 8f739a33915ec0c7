package com.s3bguploader.engine

import java.io.Closeable
import java.io.IOException

/**
 * What the queue must not forget when the process dies: see LEDGER.md. Not safe for use by two
 * threads at once.
 *
 * @param onProblem hears of what is no failure of a call: dropped lines, a compaction that must
 *   wait.
 * @throws UploadFailure `store_failed` when the ledger cannot be read.
 */
class Ledger(private val disk: LedgerDisk, private val onProblem: (String) -> Unit) : Closeable {
  val entries: Map<String, EntryRecord>
    get() = state.entries

  val constraints: Constraints
    get() = state.constraints

  /** Lines that were dropped when the ledger was opened. */
  var dropped = 0
    private set

  private val state = LedgerState()
  private var lines = 0

  /** Lines that hold a URL, dead ones included. */
  private var taskLines = 0

  init {
    val text =
      try {
        disk.read().toString(Charsets.ISO_8859_1)
      } catch (failure: IOException) {
        throw storeFailed("read", failure)
      }
    val end = text.lastIndexOf('\n') + 1
    for (line in text.substring(0, end).split('\n').dropLast(1)) {
      val record = decodeLine(line)
      if (record == null) dropped++ else take(record)
    }
    if (end < text.length) dropped++
    if (dropped > 0) onProblem("$dropped lines of the ledger were damaged and dropped.")
    disk.cut(end.toLong())
    if (dropped > 0 || lines > state.liveLines) compact()
  }

  /**
   * Records all of them with one sync, or none.
   *
   * @throws UploadFailure `store_failed`.
   */
  fun append(records: List<LedgerRecord>) {
    if (records.isEmpty()) return
    try {
      disk.append(bytesOf(records))
    } catch (failure: IOException) {
      throw storeFailed("written", failure)
    }
    records.forEach(::take)
    val dead = lines - state.liveLines
    val dry = state.waiting == 0 && taskLines > 0
    if (dead > state.liveLines || dry) compact()
  }

  override fun close() = disk.close()

  private fun take(record: LedgerRecord) {
    state.apply(record)
    lines++
    if (record is EntryRecord.Waiting) taskLines++
  }

  /** Only saves space and sheds URLs: where it fails the longer ledger means the same. */
  private fun compact() {
    try {
      disk.replace(bytesOf(state.liveRecords()))
      lines = state.liveLines
      taskLines = state.waiting
    } catch (failure: IOException) {
      onProblem("The ledger could not be compacted (${describe(failure)}).")
    }
  }

  private fun bytesOf(records: List<LedgerRecord>) =
    records.joinToString("") { encodeLine(it) }.toByteArray(Charsets.ISO_8859_1)

  private fun storeFailed(done: String, failure: IOException): UploadFailure {
    val message = "The ledger could not be $done (${describe(failure)})."
    return UploadFailure(FailureCode.STORE_FAILED, message, failure)
  }
}
