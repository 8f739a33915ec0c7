package com.s3bguploader.engine

/** How hard to try. */
data class EngineRules(
  /** PUTs at the same time. */
  val concurrency: Int = 4,
  /** Exchanges per task that may break, the last included, before it is broken. */
  val attempts: Int = 8,
  val backoffBaseMs: Long = 1_000,
  val backoffCapMs: Long = 60_000,
  /** A PUT without progress for so long is stalled. */
  val stallMs: Int = 60_000,
  val connectMs: Int = 30_000,
  /** The least time between two reports of one task's progress. */
  val progressMs: Long = 250,
) {
  /** Exponential with full jitter; `draw` is random in `[0, 1)`. */
  fun backoffMs(failures: Int, draw: Double): Long {
    val ceiling = minOf(backoffCapMs.toDouble(), backoffBaseMs * Math.pow(2.0, failures - 1.0))
    return (draw * ceiling).toLong()
  }
}
