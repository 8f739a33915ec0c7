package com.s3bguploader.engine

/**
 * The codes of `UploadError` that the native side knows; `NETWORK` is only in ledgers and lists.
 */
enum class FailureCode(val wire: String) {
  FILE_NOT_FOUND("file_not_found"),
  FILE_NOT_REGULAR("file_not_regular"),
  FILE_UNREADABLE("file_unreadable"),
  SOURCE_CHANGED("source_changed"),
  ABORTED("aborted"),
  STORE_FAILED("store_failed"),
  NETWORK("network"),
}

/** A failure with a meaning for JavaScript. The message never holds a URL. */
class UploadFailure(val code: FailureCode, override val message: String, cause: Throwable? = null) :
  Exception(message, cause)

/**
 * What an exception says, for people. Its message is left out where it may quote a URL, since the
 * query of a presigned one is a secret.
 */
fun describe(failure: Throwable): String {
  val name = failure.javaClass.simpleName
  val message = failure.message ?: return name
  return if ("://" in message || '?' in message || '&' in message) name else "$name: $message"
}
