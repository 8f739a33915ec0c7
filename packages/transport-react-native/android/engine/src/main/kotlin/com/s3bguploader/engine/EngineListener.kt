package com.s3bguploader.engine

/** Called from one thread of the engine, in the order in which things happened. */
interface EngineListener {
  /** Advisory; a result is in the ledger before it is told here. */
  fun onTask(status: TaskStatus)

  fun onConstrained(constrained: Boolean)

  /** Nothing is left to send, while something might be sent. */
  fun onIdle()

  /** What is nobody's failed call, for the log. Free of URLs. */
  fun onProblem(message: String)
}
