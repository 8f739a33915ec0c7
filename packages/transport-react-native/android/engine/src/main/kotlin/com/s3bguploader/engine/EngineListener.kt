package com.s3bguploader.engine

/** Called from one thread of the engine, in the order in which things happened. */
interface EngineListener {
  /** Advisory; a result is in the ledger before it is told here. */
  fun onTask(status: TaskStatus)

  fun onConstrained(constrained: Boolean)

  /** Between start and stop: nothing is left to send. Once each time. */
  fun onIdle()

  /** What is nobody's failed call, for the log. Free of URLs. */
  fun onProblem(message: String)
}
