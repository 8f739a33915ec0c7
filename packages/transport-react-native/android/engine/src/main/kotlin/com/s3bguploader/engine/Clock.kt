package com.s3bguploader.engine

import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory
import java.util.concurrent.TimeUnit

/** Time, as the engine needs it. Injected, so that tests wait for nothing. */
interface Clock {
  /** Milliseconds since some moment; never goes back. */
  fun nowMs(): Long

  /** Calls `action` once, from a thread of the clock. */
  fun after(delayMs: Long, action: () -> Unit): Timer
}

fun interface Timer {
  /** Idempotent. An action that has begun goes on. */
  fun cancel()
}

object SystemClock : Clock {
  private val executor =
    ScheduledThreadPoolExecutor(1, daemonThreads("s3-bg-uploader-timers")).apply {
      removeOnCancelPolicy = true
    }

  override fun nowMs(): Long = TimeUnit.NANOSECONDS.toMillis(System.nanoTime())

  override fun after(delayMs: Long, action: () -> Unit): Timer {
    val scheduled = executor.schedule({ loudly(action) }, delayMs, TimeUnit.MILLISECONDS)
    return Timer { scheduled.cancel(false) }
  }
}

/** A scheduled future would keep what its action throws to itself; a bug must be seen. */
private fun loudly(action: () -> Unit) {
  try {
    action()
  } catch (failure: Throwable) {
    val thread = Thread.currentThread()
    thread.uncaughtExceptionHandler.uncaughtException(thread, failure)
  }
}

/** Threads that keep no process alive. */
internal fun daemonThreads(name: String) = ThreadFactory { work ->
  Thread(work, name).apply { isDaemon = true }
}
