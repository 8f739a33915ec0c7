package com.s3bguploader.engine

/** What a ledger means after its lines so far, and what of it compaction would keep. */
internal class LedgerState {
  /** In the order in which the ids first appeared since they were last forgotten. */
  val entries: Map<String, EntryRecord>
    get() = entriesById

  var constraints = Constraints()
    private set

  /** Tasks that have not ended. */
  var waiting = 0
    private set

  /** Lines that compaction would write. */
  val liveLines: Int
    get() = entriesById.size + if (constraints == Constraints()) 0 else 1

  private val entriesById = LinkedHashMap<String, EntryRecord>()

  fun apply(record: LedgerRecord) {
    when (record) {
      is EntryRecord -> {
        count(entriesById.put(record.id, record), -1)
        count(record, 1)
      }
      is LedgerRecord.Forgotten -> count(entriesById.remove(record.id), -1)
      is LedgerRecord.Constrained -> constraints = record.constraints
    }
  }

  /** The shortest ledger that means the same. */
  fun liveRecords(): List<LedgerRecord> {
    val constrained =
      if (constraints == Constraints()) emptyList()
      else listOf(LedgerRecord.Constrained(constraints))
    return constrained + entriesById.values
  }

  private fun count(record: EntryRecord?, by: Int) {
    if (record is EntryRecord.Waiting) waiting += by
  }
}
