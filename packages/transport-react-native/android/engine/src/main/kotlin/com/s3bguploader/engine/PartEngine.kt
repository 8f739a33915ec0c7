package com.s3bguploader.engine

import java.util.concurrent.Executor
import java.util.concurrent.Executors

/**
 * The queue of parts: sends what the ledger says is waiting, and keeps there what was answered
 * until JavaScript has acknowledged it. Safe for use by any thread; its calls block while the disk
 * is written, never while the network is used.
 *
 * It sends only between [start] and [stop], online, and with no constraint broken.
 *
 * @param draw random in `[0, 1)`.
 */
class PartEngine(
  private val ledger: Ledger,
  private val files: FileAccess,
  private val clock: Clock,
  private val draw: () -> Double,
  private val listener: EngineListener,
  private var device: DeviceState,
  private val rules: EngineRules = EngineRules(),
) {
  private val lock = Any()
  private val senders: Executor = Executors.newCachedThreadPool(daemonThreads("s3-bg-uploader-put"))
  private val events: Executor =
    Executors.newSingleThreadExecutor(daemonThreads("s3-bg-uploader-events"))
  private val lineup = Lineup(clock, rules, draw) { locked { pump() } }
  private val runs = LinkedHashSet<PartRun>()
  private var connections: ConnectionFactory? = null
  private var toldIdle = false

  init {
    for (entry in ledger.entries.values) if (entry is EntryRecord.Waiting) lineup.add(entry.id)
  }

  /** Whether a constraint is broken now, so that nothing is sent. */
  val isConstrained: Boolean
    get() = locked { ledger.constraints.brokenBy(device) }

  val constraints: Constraints
    get() = locked { ledger.constraints }

  /** Whether the network or a constraint keeps it from sending. */
  val isHeld: Boolean
    get() = locked { !device.online || ledger.constraints.brokenBy(device) }

  /** Whether anything is left to send. */
  val hasWork: Boolean
    get() = locked { runs.isNotEmpty() || !lineup.isEmpty }

  /** Bytes of parts that have not ended. */
  val bytesLeft: Long
    get() = locked {
      ledger.entries.values.sumOf { if (it is EntryRecord.Waiting) it.task.bytes else 0 }
    }

  /** Whether there are results that were not acknowledged. */
  val hasResults: Boolean
    get() = locked { ledger.entries.values.any { it !is EntryRecord.Waiting } }

  /** Sends from now on, over these connections. */
  fun start(connections: ConnectionFactory) = locked {
    this.connections = connections
    toldIdle = false
    pump()
  }

  /** Sends nothing any more. What runs is aborted and waits for the next start. */
  fun stop() = locked {
    connections = null
    runs.forEach { it.abort(PartRun.Abort.STOPPED) }
  }

  /**
   * Known ids are left alone.
   *
   * @throws UploadFailure `store_failed`; then none of them is in the queue.
   */
  fun enqueue(tasks: List<PartTask>) = locked {
    val fresh = tasks.filter { it.id !in ledger.entries }.distinctBy { it.id }
    ledger.append(fresh.map { EntryRecord.Waiting(it) })
    fresh.forEach { lineup.add(it.id) }
    if (fresh.isNotEmpty()) toldIdle = false
    pump()
  }

  /** Everything that the ledger knows. */
  fun list(): List<TaskStatus> = locked { ledger.entries.values.map(::statusOf) }

  /**
   * Stops and forgets. Unknown ids are ignored.
   *
   * @throws UploadFailure `store_failed`; the tasks are stopped all the same, but stay listed.
   */
  fun cancel(ids: List<String>) = locked {
    for (id in ids) {
      runOf(id)?.abort(PartRun.Abort.CANCELLED)
      lineup.remove(id)
    }
    try {
      forget(ids.filter { it in ledger.entries })
    } finally {
      pump()
    }
  }

  /**
   * Forgets finished tasks. Unknown ids are ignored.
   *
   * @throws UploadFailure `store_failed`; then all are still listed.
   */
  fun acknowledge(ids: List<String>) = locked {
    forget(ids.filter { id -> ledger.entries[id].let { it != null && it !is EntryRecord.Waiting } })
  }

  /**
   * Holds for what runs and what waits, and over restarts.
   *
   * @throws UploadFailure `store_failed`; then the constraints are as before.
   */
  fun setConstraints(constraints: Constraints) = locked {
    if (constraints == ledger.constraints) return@locked
    changing { ledger.append(listOf(LedgerRecord.Constrained(constraints))) }
  }

  fun setDevice(state: DeviceState) = locked {
    val back = state.online && !device.online
    changing { device = state }
    // What broke for want of a network need not wait for its turn.
    if (back) lineup.skipPauses()
    pump()
  }

  private fun changing(change: () -> Unit) {
    val before = ledger.constraints.brokenBy(device)
    change()
    val after = ledger.constraints.brokenBy(device)
    if (after != before) tell { onConstrained(after) }
    if (!maySend()) runs.forEach { it.abort(PartRun.Abort.STOPPED) }
    pump()
  }

  private fun forget(ids: List<String>) {
    ledger.append(ids.distinct().map { LedgerRecord.Forgotten(it) })
    ids.forEach(lineup::forget)
  }

  private fun maySend() =
    connections != null && device.online && !ledger.constraints.brokenBy(device)

  private fun pump() {
    while (maySend() && runs.size < rules.concurrency) {
      val entry = ledger.entries[lineup.next() ?: break] as? EntryRecord.Waiting ?: continue
      val over = checkNotNull(connections)
      val run = PartRun(entry.task, over, files, clock, rules, senders, ::reportProgress)
      runs += run
      senders.execute { settle(run, run.perform()) }
    }
    if (connections != null && runs.isEmpty() && lineup.isEmpty && !toldIdle) {
      toldIdle = true
      tell { onIdle() }
    }
  }

  private fun settle(run: PartRun, outcome: PartRun.Outcome): Unit = locked {
    val id = run.task.id
    when {
      run.abort == PartRun.Abort.CANCELLED -> release(run)
      outcome is PartRun.Outcome.Ended -> record(run, outcome.record, 1)
      outcome is PartRun.Outcome.ExchangeBroke && !lineup.pause(id) ->
        record(run, EntryRecord.Broken(id, FailureCode.NETWORK.wire, outcome.message), 1)
      else -> {
        if (outcome is PartRun.Outcome.Aborted) lineup.putBack(id)
        tell { onTask(TaskStatus.Waiting(id)) }
        release(run)
      }
    }
  }

  /**
   * A result is told once it is on disk. While the disk takes nothing the run keeps its slot, so
   * that no more is sent than can be remembered.
   */
  private fun record(run: PartRun, result: EntryRecord, attempt: Int) {
    if (run.abort == PartRun.Abort.CANCELLED) return release(run)
    try {
      ledger.append(listOf(result))
    } catch (failure: UploadFailure) {
      clock.after(rules.backoffMs(attempt, draw())) { locked { record(run, result, attempt + 1) } }
      tell { onProblem("A result waits to be recorded. ${failure.message}") }
      return
    }
    lineup.forget(run.task.id)
    val status = statusOf(result)
    tell { onTask(status) }
    release(run)
  }

  private fun release(run: PartRun) {
    runs -= run
    pump()
  }

  private fun reportProgress(run: PartRun): Unit = locked {
    if (run.abort != null) return@locked
    val status = TaskStatus.Running(run.task.id, run.sentBytes)
    tell { onTask(status) }
  }

  /** A cancelled run may still be ending while its id is in the queue again. */
  private fun runOf(id: String) =
    runs.find { it.task.id == id && it.abort != PartRun.Abort.CANCELLED }

  private fun statusOf(entry: EntryRecord): TaskStatus =
    when (entry) {
      is EntryRecord.Waiting -> {
        val run = runOf(entry.id)
        if (run == null || run.abort != null) TaskStatus.Waiting(entry.id)
        else TaskStatus.Running(entry.id, run.sentBytes)
      }
      is EntryRecord.Answered -> TaskStatus.Answered(entry.id, entry.answer)
      is EntryRecord.Broken -> TaskStatus.Broken(entry.id, entry.code, entry.message)
    }

  private fun tell(event: EngineListener.() -> Unit) = events.execute { listener.event() }

  private fun <T> locked(work: () -> T): T = synchronized(lock) { work() }
}
