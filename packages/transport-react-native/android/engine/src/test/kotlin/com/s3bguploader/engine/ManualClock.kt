package com.s3bguploader.engine

/** Time that stands still until it is told to go on. */
class ManualClock : Clock {
  private class Due(val atMs: Long, val action: () -> Unit)

  private var now = 0L
  private val dues = mutableListOf<Due>()

  @Synchronized override fun nowMs() = now

  @Synchronized
  override fun after(delayMs: Long, action: () -> Unit): Timer {
    val due = Due(now + delayMs, action)
    dues += due
    return Timer { synchronized(this) { dues -= due } }
  }

  /** Runs what falls due on the way, in order, on this thread. */
  fun advance(byMs: Long) {
    val until = synchronized(this) { now + byMs }
    while (true) {
      val next =
        synchronized(this) {
          val first = dues.filter { it.atMs <= until }.minByOrNull { it.atMs }
          if (first == null) {
            now = until
            return
          }
          dues -= first
          now = maxOf(now, first.atMs)
          first
        }
      next.action()
    }
  }
}
