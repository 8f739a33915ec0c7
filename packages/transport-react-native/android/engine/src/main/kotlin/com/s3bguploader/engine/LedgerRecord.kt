package com.s3bguploader.engine

/** One line of the ledger; LEDGER.md says what each means. */
sealed interface LedgerRecord {
  data class Forgotten(val id: String) : LedgerRecord

  data class Constrained(val constraints: Constraints) : LedgerRecord
}

/** A line that stands for a task in the state that it gives. */
sealed interface EntryRecord : LedgerRecord {
  val id: String

  data class Waiting(val task: PartTask) : EntryRecord {
    override val id
      get() = task.id
  }

  data class Answered(override val id: String, val answer: Answer) : EntryRecord

  data class Broken(override val id: String, val code: String, val message: String) : EntryRecord
}
