package com.s3bguploader.engine

import java.io.File
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What the engine does where nothing goes wrong, or is stopped on purpose. */
class EngineTest {
  @TempDir lateinit var folder: Path

  private val benches = mutableListOf<Bench>()

  private fun bench(
    device: DeviceState = EVERYTHING,
    rules: EngineRules = EngineRules(),
    files: FileAccess = PathAccess,
    onEvent: (Any) -> Unit = {},
  ) =
    Bench(folder.toFile(), rules, device = device, files = files, onEvent = onEvent)
      .also(benches::add)

  @AfterEach fun close() = benches.forEach { it.close() }

  @Test
  fun `64 parts of 5 MiB arrive, four at once, and each result is on disk before it is told`() {
    val unrecorded = mutableListOf<Any>()
    val bench = bench { event ->
      if (event is TaskStatus.Answered) {
        val line = encodeLine(EntryRecord.Answered(event.id, event.answer))
        if (line !in File(folder.toFile(), "ledger").readText()) unrecorded += event
      }
    }
    val tasks = bench.tasks(64, 5 * MIB)
    bench.engine.enqueue(tasks)
    assertEquals(tasks.map { TaskStatus.Waiting(it.id) }, bench.engine.list())
    bench.start()
    bench.log.await { it == EventLog.Idle }

    assertEquals(emptyList<Any>(), unrecorded)
    assertEquals(64, bench.server.puts.size)
    assertEquals(4, bench.server.mostAtOnce)
    for ((task, status) in tasks.zip(bench.engine.list())) {
      assertEquals(task.id, status.id)
      val answer = (status as TaskStatus.Answered).answer
      assertEquals(200, answer.status)
      assertEquals("", answer.body)
      assertTrue(Header("ETag", etagOf(hashOf(task))) in answer.headers)
    }
    assertEquals(64, bench.log.results().size)
    assertFalse(bench.engine.hasWork)
    assertTrue(bench.engine.hasResults)
  }

  @Test
  fun `progress rises up to the size of the part`() {
    val bench = bench(rules = EngineRules(progressMs = 0))
    bench.engine.enqueue(bench.tasks(1, MIB))
    bench.start()
    bench.log.awaitResult(idOf(1))
    val sent = bench.log.all().filterIsInstance<TaskStatus.Running>().map { it.sentBytes }
    assertEquals(sent.sorted(), sent)
    assertEquals(16, sent.size)
    assertEquals(MIB, sent.last())
  }

  @Test
  fun `the URL is sent exactly as it is, with a length and without a type`() {
    val bench = bench()
    bench.engine.enqueue(bench.tasks(1, 10))
    bench.start()
    bench.log.awaitResult(idOf(1))
    val put = bench.server.puts.single()
    assertEquals("/b/k%20ey/film.mp4?partNumber=1&$SECRET%2B==", put.target)
    assertEquals("10", put.headers["content-length"])
    assertEquals("", put.headers["content-type"]?.trim().orEmpty())
    assertFalse("authorization" in put.headers)
    assertFalse("transfer-encoding" in put.headers)
  }

  @Test
  fun `an empty file is one empty PUT`() {
    val bench = bench()
    bench.engine.enqueue(bench.tasks(1, 0))
    bench.start()
    bench.log.awaitResult(idOf(1))
    assertEquals("0", bench.server.puts.single().headers["content-length"])
    assertEquals("ef46db3751d8e999", bench.server.puts.single().hash)
  }

  @Test
  fun `a task that is known is left alone, whatever its state`() {
    val bench = bench()
    val (one, two) = bench.tasks(2)
    bench.engine.enqueue(listOf(one, one))
    bench.engine.enqueue(listOf(one.copy(url = bench.server.url(2))))
    bench.start()
    bench.log.awaitResult(one.id)
    bench.engine.enqueue(listOf(one, two))
    bench.log.awaitResult(two.id)
    assertEquals(listOf(1, 2), bench.server.puts.map { it.number })
  }

  @Test
  fun `acknowledging forgets what is finished, and only that`() {
    val bench = bench()
    val (one, two) = bench.tasks(2)
    bench.engine.enqueue(listOf(one))
    bench.start()
    bench.log.awaitResult(one.id)
    bench.engine.stop()
    bench.engine.enqueue(listOf(two))
    bench.engine.acknowledge(listOf(one.id, two.id, "unknown"))
    assertEquals(listOf(TaskStatus.Waiting(two.id)), bench.engine.list())
    assertEquals(setOf(two.id), entriesIn(bench.ledgerFile).keys)
  }

  @Test
  fun `stopping aborts what runs, and the next start sends it again`() {
    val bench = bench()
    val arrived = CountDownLatch(1)
    val hungUp = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        arrived.countDown()
        try {
          exchange.awaitHangUp()
        } finally {
          hungUp.countDown()
        }
      },
    )
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    arrived.await()
    assertTrue(bench.engine.list().single() is TaskStatus.Running)
    bench.engine.stop()
    hungUp.await()
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }
    assertEquals(1, bench.server.puts.size)
    bench.start()
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
    assertEquals(2, bench.server.puts.size)
  }

  @Test
  fun `cancelling ends a running PUT and forgets the task`() {
    val bench = bench()
    val arrived = CountDownLatch(1)
    val hungUp = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        arrived.countDown()
        try {
          exchange.awaitHangUp()
        } finally {
          hungUp.countDown()
        }
      },
    )
    bench.engine.enqueue(bench.tasks(8))
    bench.start()
    arrived.await()
    bench.engine.cancel(listOf(idOf(1), "unknown"))
    hungUp.await()
    bench.log.await { it == EventLog.Idle }
    val rest = (2..8).map { idOf(it) }
    assertEquals(rest, bench.engine.list().map { it.id })
    assertEquals(rest.toSet(), entriesIn(bench.ledgerFile).keys)
    assertEquals(1, bench.server.putsOf(1))
    assertEquals(rest.toSet(), bench.log.results().map { it.id }.toSet())
  }

  @Test
  fun `a task that comes back right after its cancel is sent, though the old PUT still ends`() {
    val bench = bench()
    val arrived = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        arrived.countDown()
        exchange.awaitHangUp()
      },
    )
    val tasks = bench.tasks(1)
    bench.engine.enqueue(tasks)
    bench.start()
    arrived.await()
    bench.engine.cancel(listOf(idOf(1)))
    bench.engine.enqueue(tasks)
    bench.log.awaitResult(idOf(1))
    bench.log.await { it == EventLog.Idle }
    assertEquals(2, bench.server.puts.size)
  }

  @Test
  fun `a second cancel reaches the second run, while the first one is still opening its file`() {
    val opening = CountDownLatch(1)
    val goOn = CountDownLatch(1)
    val opened = AtomicInteger()
    val slowAtFirst =
      object : FileAccess {
        override fun open(path: String): OpenFile {
          if (opened.getAndIncrement() == 0) {
            opening.countDown()
            goOn.await()
          }
          return PathAccess.open(path)
        }
      }
    val bench = bench(files = slowAtFirst)
    val arrived = CountDownLatch(1)
    val hungUp = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        arrived.countDown()
        try {
          exchange.awaitHangUp()
        } finally {
          hungUp.countDown()
        }
      },
    )
    val tasks = bench.tasks(1)
    bench.engine.enqueue(tasks)
    bench.start()
    opening.await()
    bench.engine.cancel(listOf(idOf(1)))
    bench.engine.enqueue(tasks)
    arrived.await()
    assertTrue(bench.engine.list().single() is TaskStatus.Running)
    bench.engine.cancel(listOf(idOf(1)))
    hungUp.await()
    goOn.countDown()
    bench.log.await { it == EventLog.Idle }
    assertEquals(1, bench.server.puts.size)
    assertEquals(emptyList<TaskStatus>(), bench.engine.list())
  }

  @Test
  fun `cancelling from many threads while parts fly leaves exactly the others`() {
    val bench = bench()
    val tasks = bench.tasks(200, 1024)
    bench.engine.setConstraints(Constraints(charging = true))
    bench.engine.enqueue(tasks)
    bench.start()
    val unwanted = tasks.filterIndexed { index, _ -> index % 3 == 0 }.map { it.id }
    unwanted
      .chunked(9)
      .map { ids -> kotlin.concurrent.thread { bench.engine.cancel(ids) } }
      .forEach { it.join() }
    // A mark among the events, which are told in the order in which things happened.
    bench.engine.setDevice(EVERYTHING.copy(charging = false))
    bench.engine.setDevice(EVERYTHING)
    bench.log.await { it == EventLog.Constrained(false) }
    bench.log.await { it == EventLog.Idle }

    val wanted = tasks.map { it.id } - unwanted.toSet()
    assertEquals(wanted, bench.engine.list().map { it.id })
    assertTrue(bench.engine.list().all { it is TaskStatus.Answered })
    assertEquals(wanted.toSet(), entriesIn(bench.ledgerFile).keys)
    assertTrue(bench.server.mostAtOnce <= 4)
    val afterCancel = bench.log.all().dropWhile { it != EventLog.Constrained(true) }
    val late = afterCancel.filterIsInstance<TaskStatus>().map { it.id }
    assertEquals(emptySet<String>(), late.toSet() intersect unwanted.toSet())
  }

  @Test
  fun `a broken constraint stops what runs, holds over a restart, and lifts by itself`() {
    val bench = bench()
    val arrived = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        arrived.countDown()
        exchange.awaitHangUp()
      },
    )
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    arrived.await()
    bench.engine.setDevice(EVERYTHING.copy(unmetered = false))
    assertFalse(bench.engine.isConstrained)
    bench.engine.setConstraints(Constraints(unmetered = true))
    assertTrue(bench.engine.isConstrained)
    bench.log.await { it == EventLog.Constrained(true) }
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }

    val next = bench(device = EVERYTHING.copy(unmetered = false))
    next.start()
    assertTrue(next.engine.isConstrained)
    assertEquals(0, next.server.puts.size)
    next.engine.setDevice(EVERYTHING)
    next.log.await { it == EventLog.Constrained(false) }
    // The task has the address of the first storage.
    next.log.awaitResult(idOf(1))
    assertEquals(2, bench.server.puts.size)
  }

  @Test
  fun `each constraint is broken by what it names, and none by being offline`() {
    val nothing =
      DeviceState(online = true, unmetered = false, notRoaming = false, charging = false)
    assertTrue(Constraints(unmetered = true).brokenBy(nothing))
    assertTrue(Constraints(notRoaming = true).brokenBy(nothing))
    assertTrue(Constraints(charging = true).brokenBy(nothing))
    assertFalse(Constraints().brokenBy(nothing))
    assertFalse(
      Constraints(unmetered = true, notRoaming = true).brokenBy(nothing.copy(online = false))
    )
    assertTrue(Constraints(charging = true).brokenBy(nothing.copy(online = false)))
    assertFalse(Constraints(true, true, true).brokenBy(EVERYTHING))
  }

  @Test
  fun `offline nothing is sent, and it is no constraint`() {
    val bench = bench(device = EVERYTHING.copy(online = false))
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    assertFalse(bench.engine.isConstrained)
    assertEquals(listOf(TaskStatus.Waiting(idOf(1))), bench.engine.list())
    bench.engine.setDevice(EVERYTHING)
    bench.log.awaitResult(idOf(1))
  }

  @Test
  fun `idle is told once for each time that the queue ran dry`() {
    val bench = bench()
    val (one, two) = bench.tasks(2)
    bench.start()
    bench.log.await { it == EventLog.Idle }
    bench.engine.enqueue(listOf(one))
    bench.log.await(nth = 2) { it == EventLog.Idle }
    bench.engine.enqueue(listOf(two))
    bench.log.await(nth = 3) { it == EventLog.Idle }
    bench.engine.setDevice(EVERYTHING.copy(online = false))
    bench.start()
    bench.log.await(nth = 4) { it == EventLog.Idle }
    assertEquals(4, bench.log.all().count { it == EventLog.Idle })
  }
}
