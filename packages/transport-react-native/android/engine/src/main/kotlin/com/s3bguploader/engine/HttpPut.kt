package com.s3bguploader.engine

import java.io.IOException
import java.io.InputStream
import java.net.HttpRetryException
import java.net.HttpURLConnection
import java.net.URL

/** Opens connections over the network that the system gave for this work. */
fun interface ConnectionFactory {
  @Throws(IOException::class) fun open(url: URL): HttpURLConnection
}

/** One PUT of one part. Used once. */
internal class HttpPut(
  private val connections: ConnectionFactory,
  private val rules: EngineRules,
  private val onSent: (Long) -> Unit,
) {
  @Volatile private var connection: HttpURLConnection? = null
  @Volatile private var aborted = false

  /**
   * Any status is an answer, a redirect too. Blocks until there is one. Where the storage refuses
   * and closes before it has read the part, the exchange broke: HttpURLConnection gives no answer
   * out until all is written.
   *
   * @throws UploadFailure when the part cannot be read from the file.
   * @throws Exception of any other kind when the exchange broke or was aborted: platforms throw
   *   more than IOException from a connection that was closed under them.
   */
  fun send(task: PartTask, file: OpenFile): Answer {
    val opened = connections.open(URL(task.url))
    connection = opened
    var answered = false
    try {
      prepare(opened, task.bytes)
      sendBody(opened, task, file)
      val answer = readAnswer(opened)
      answered = true
      return answer
    } finally {
      connection = null
      // An answered connection was read to its end and may be used again.
      if (!answered) opened.disconnect()
    }
  }

  /** From any thread. Unblocks [send], which then throws. */
  fun abort() {
    aborted = true
    connection?.disconnect()
  }

  private fun prepare(opened: HttpURLConnection, bytes: Long) {
    opened.requestMethod = "PUT"
    opened.doOutput = true
    opened.instanceFollowRedirects = false
    opened.useCaches = false
    opened.connectTimeout = rules.connectMs
    opened.readTimeout = rules.stallMs
    opened.setFixedLengthStreamingMode(bytes)
    // Android would add a type of its own, which the older kind of signature does not cover.
    opened.setRequestProperty("Content-Type", "")
    // Android would ask for gzip and hide from whom the headers came.
    opened.setRequestProperty("Accept-Encoding", "identity")
  }

  private fun sendBody(opened: HttpURLConnection, task: PartTask, file: OpenFile) {
    requireWanted()
    opened.outputStream.use { body ->
      val buffer = ByteArray(BUFFER_BYTES)
      var sent = 0L
      while (sent < task.bytes) {
        requireWanted()
        val count = minOf(buffer.size.toLong(), task.bytes - sent).toInt()
        file.readFully(buffer, count, task.start + sent)
        body.write(buffer, 0, count)
        sent += count
        onSent(sent)
      }
    }
    requireWanted()
  }

  /** `disconnect` does nothing to a connection that is not made yet. */
  private fun requireWanted() {
    if (aborted) throw IOException("The exchange was aborted.")
  }

  private fun readAnswer(opened: HttpURLConnection): Answer {
    val status =
      try {
        opened.responseCode
      } catch (refused: HttpRetryException) {
        // Says that the body cannot be sent again, which nobody asks for: the answer is there.
        refused.responseCode()
      }
    if (status < 100) throw IOException("What was answered is not HTTP.")
    val body = readBody(opened, status)
    return Answer(status, headersOf(opened), body)
  }

  private fun headersOf(opened: HttpURLConnection): List<Header> =
    generateSequence(0) { it + 1 }
      .map { opened.getHeaderFieldKey(it) to opened.getHeaderField(it) }
      .takeWhile { (_, value) -> value != null }
      // The status line has no name, and Android adds headers that nobody sent.
      .filter { (name, _) -> name != null && !name.startsWith("X-Android-") }
      .map { (name, value) -> Header(name, withoutSecret(name, value)) }
      .toList()

  /** A redirect names the presigned URL once more. */
  private fun withoutSecret(name: String, value: String) =
    if (name.equals("location", ignoreCase = true)) value.substringBefore('?') else value

  /** Of a redirect none either: such pages quote the presigned URL. */
  private fun readBody(opened: HttpURLConnection, status: Int): String {
    val kept = ByteArray(KEPT_BODY_BYTES)
    var length = 0
    try {
      val stream: InputStream = bodyOf(opened, status) ?: return ""
      stream.use {
        while (length < kept.size) {
          val count = it.read(kept, length, kept.size - length)
          if (count < 0) break
          length += count
        }
        drain(it)
      }
    } catch (_: IOException) {
      // Status and headers are all that counts; of the body there is what came.
    }
    return if (status in 200..399) "" else String(kept, 0, length)
  }

  private fun bodyOf(opened: HttpURLConnection, status: Int): InputStream? =
    if (status >= 400) opened.errorStream else opened.inputStream

  /** So that the connection can be used again, unless that takes longer than a new one. */
  private fun drain(stream: InputStream) {
    val rest = ByteArray(KEPT_BODY_BYTES)
    var read = 0
    while (read < MOST_DRAINED_BYTES) {
      val count = stream.read(rest)
      if (count < 0) return
      read += count
    }
  }
}

private const val BUFFER_BYTES = 64 * 1024
private const val KEPT_BODY_BYTES = 4 * 1024
private const val MOST_DRAINED_BYTES = 64 * 1024
