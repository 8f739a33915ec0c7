package com.s3bguploader.engine

import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** Keeps what the engine told, and lets tests wait for it. */
class EventLog(private val onEvent: (Any) -> Unit = {}) : EngineListener {
  data class Constrained(val constrained: Boolean)

  data class Problem(val message: String)

  data object Idle

  private val lock = ReentrantLock()
  private val more = lock.newCondition()
  private val events = mutableListOf<Any>()

  override fun onTask(status: TaskStatus) = note(status)

  override fun onConstrained(constrained: Boolean) = note(Constrained(constrained))

  override fun onIdle() = note(Idle)

  override fun onProblem(message: String) = note(Problem(message))

  fun all(): List<Any> = lock.withLock { events.toList() }

  fun results(): List<TaskStatus> =
    all().filterIsInstance<TaskStatus>().filter {
      it is TaskStatus.Answered || it is TaskStatus.Broken
    }

  /** The n-th event like that, counted from 1. Fails when it does not come. */
  fun await(nth: Int = 1, matches: (Any) -> Boolean): Any =
    awaitWithin(30_000, nth, matches) ?: error("It did not happen. What did: ${all()}")

  fun awaitWithin(waitMs: Long, nth: Int = 1, matches: (Any) -> Boolean): Any? =
    lock.withLock {
      var left = TimeUnit.MILLISECONDS.toNanos(waitMs)
      while (true) {
        events.filter(matches).getOrNull(nth - 1)?.let {
          return it
        }
        if (left <= 0) return null
        left = more.awaitNanos(left)
      }
    }

  fun awaitResult(id: String, nth: Int = 1): TaskStatus =
    await(nth) {
      (it is TaskStatus.Answered || it is TaskStatus.Broken) && (it as TaskStatus).id == id
    }
      as TaskStatus

  private fun note(event: Any) {
    onEvent(event)
    lock.withLock {
      events += event
      more.signalAll()
    }
  }
}
