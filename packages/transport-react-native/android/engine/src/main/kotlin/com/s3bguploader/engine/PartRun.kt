package com.s3bguploader.engine

import java.util.concurrent.Executor

/**
 * One attempt to send one part, with its watch over progress. Used once.
 *
 * @param cutters close connections: that may use the network, which the main thread must not.
 * @param onProgress hears of it once in a while, from the thread that performs.
 */
internal class PartRun(
  val task: PartTask,
  connections: ConnectionFactory,
  private val files: FileAccess,
  private val clock: Clock,
  private val rules: EngineRules,
  private val cutters: Executor,
  private val onProgress: (PartRun) -> Unit,
) {
  enum class Abort {
    /** Nothing may be sent any more, for now. */
    STOPPED,
    CANCELLED,
    STALLED,
  }

  sealed interface Outcome {
    /** There is a result to be recorded. */
    data class Ended(val record: EntryRecord) : Outcome

    data class ExchangeBroke(val message: String) : Outcome

    data object Aborted : Outcome
  }

  @Volatile
  var sentBytes = 0L
    private set

  @Volatile
  var abort: Abort? = null
    private set

  @Volatile private var movedAt = clock.nowMs()
  private var reportedAt: Long? = null
  private val put = HttpPut(connections, rules, ::noteSent)

  /** Blocks until it is known how the attempt ended. */
  fun perform(): Outcome {
    val watch = StallWatch()
    try {
      val answer =
        files.openUnchanged(task.file).use { file ->
          val answer = put.send(task, file)
          file.requireUnchanged(task.file)
          answer
        }
      return Outcome.Ended(EntryRecord.Answered(task.id, answer))
    } catch (failure: UploadFailure) {
      return Outcome.Ended(EntryRecord.Broken(task.id, failure.code.wire, failure.message))
    } catch (failure: Exception) {
      return afterBreak(failure)
    } finally {
      watch.cancel()
    }
  }

  /** From any thread. The first reason counts, but for a cancel, which always does. */
  fun abort(reason: Abort) {
    synchronized(this) { if (abort == null || reason == Abort.CANCELLED) abort = reason }
    cutters.execute { put.abort() }
  }

  private fun afterBreak(failure: Exception): Outcome =
    when (abort) {
      Abort.STOPPED,
      Abort.CANCELLED -> Outcome.Aborted
      Abort.STALLED ->
        Outcome.ExchangeBroke("There was no progress for ${rules.stallMs / 1000} seconds.")
      null -> Outcome.ExchangeBroke("The exchange broke (${describe(failure)}).")
    }

  private fun noteSent(bytes: Long) {
    val now = clock.nowMs()
    sentBytes = bytes
    movedAt = now
    val last = reportedAt
    if (last != null && now - last < rules.progressMs) return
    reportedAt = now
    onProgress(this)
  }

  private inner class StallWatch {
    @Volatile private var over = false
    @Volatile private var timer = clock.after(rules.stallMs.toLong(), ::look)

    fun cancel() {
      over = true
      timer.cancel()
    }

    private fun look() {
      if (over) return
      val leftMs = movedAt + rules.stallMs - clock.nowMs()
      if (leftMs > 0) timer = clock.after(leftMs, ::look) else abort(Abort.STALLED)
    }
  }
}
