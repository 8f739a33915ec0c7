package com.s3bguploader.engine

/** One part: bytes `[start, end)` of the file, to be PUT to the URL exactly as it is. */
data class PartTask(
  val id: String,
  val url: String,
  val file: FileRef,
  val start: Long,
  val end: Long,
) {
  val bytes: Long
    get() = end - start

  /** Without the URL, which is a secret. */
  override fun toString() = "PartTask($id)"
}

data class Header(val name: String, val value: String)

/** What the storage answered, whatever the status. */
data class Answer(
  val status: Int,
  val headers: List<Header>,
  /** The beginning of the body of an answer that is not 2xx; otherwise empty. */
  val body: String,
)

/** What the queue knows of one task. */
sealed interface TaskStatus {
  val id: String

  data class Waiting(override val id: String) : TaskStatus

  /** `sentBytes` were handed to the network. */
  data class Running(override val id: String, val sentBytes: Long) : TaskStatus

  data class Answered(override val id: String, val answer: Answer) : TaskStatus

  /** `code` is one of [FailureCode]. */
  data class Broken(override val id: String, val code: String, val message: String) : TaskStatus
}
