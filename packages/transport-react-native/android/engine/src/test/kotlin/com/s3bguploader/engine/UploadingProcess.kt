package com.s3bguploader.engine

import java.io.File
import java.util.concurrent.CountDownLatch

/**
 * A process that goes on with the ledger it is given until nothing is left to send: what a test
 * kills. Its first argument is the ledger; further ones are a file, a part size and a URL for each
 * part, for the first start.
 */
fun main(arguments: Array<String>) {
  val idle = CountDownLatch(1)
  val listener =
    object : EngineListener {
      override fun onTask(status: TaskStatus) = Unit

      override fun onConstrained(constrained: Boolean) = Unit

      override fun onIdle() = idle.countDown()

      override fun onProblem(message: String) = println(message)
    }
  val ledger = Ledger(FileDisk(File(arguments[0]), ::syncFolder), listener::onProblem)
  val engine = PartEngine(ledger, PathAccess, SystemClock, Math::random, listener, EVERYTHING)
  if (arguments.size > 1) engine.enqueue(tasksFrom(arguments))
  engine.start(PLAIN_CONNECTIONS)
  idle.await()
}

private fun tasksFrom(arguments: Array<String>): List<PartTask> {
  val file = File(arguments[1])
  val partSize = arguments[2].toLong()
  val ref = FileRef(file.path, file.length(), file.lastModified())
  return arguments.drop(3).mapIndexed { index, url ->
    PartTask(idOf(index + 1), url, ref, index * partSize, (index + 1) * partSize)
  }
}
