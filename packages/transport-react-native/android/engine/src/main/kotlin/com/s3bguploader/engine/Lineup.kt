package com.s3bguploader.engine

/**
 * Who is sent next: ids in order, and those that wait for the pause after a broken exchange. Used
 * under the lock of the engine.
 *
 * @param onReady called from a thread of the clock, without the lock, when a pause may be over.
 */
internal class Lineup(
  private val clock: Clock,
  private val rules: EngineRules,
  private val draw: () -> Double,
  private val onReady: () -> Unit,
) {
  private class Pause(val untilMs: Long, val timer: Timer)

  private val ready = ArrayDeque<String>()
  private val paused = LinkedHashMap<String, Pause>()
  private val failures = HashMap<String, Int>()

  val isEmpty: Boolean
    get() = ready.isEmpty() && paused.isEmpty()

  fun add(id: String) {
    ready.addLast(id)
  }

  /** Before all others: its turn was not its fault. */
  fun putBack(id: String) {
    ready.addFirst(id)
  }

  /** False where the exchange of this task has broken too often. */
  fun pause(id: String): Boolean {
    val failed = (failures[id] ?: 0) + 1
    failures[id] = failed
    if (failed >= rules.attempts) return false
    val pauseMs = rules.backoffMs(failed, draw())
    paused[id] = Pause(clock.nowMs() + pauseMs, clock.after(pauseMs, onReady))
    return true
  }

  fun skipPauses() {
    paused.values.forEach { it.timer.cancel() }
    ready.addAll(paused.keys)
    paused.clear()
  }

  fun next(): String? {
    val now = clock.nowMs()
    val over = paused.filterValues { it.untilMs <= now }.keys
    paused -= over
    ready.addAll(over)
    return ready.removeFirstOrNull()
  }

  fun remove(id: String) {
    ready.remove(id)
    paused.remove(id)?.timer?.cancel()
  }

  /** Also how often it failed. */
  fun forget(id: String) {
    remove(id)
    failures.remove(id)
  }
}
