package com.s3bguploader.engine

import java.io.File
import java.io.RandomAccessFile
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What the engine makes of storages, files and disks that fail. */
class EngineFaultsTest {
  @TempDir lateinit var folder: Path

  private lateinit var bench: Bench

  private fun bench(rules: EngineRules = EngineRules(), disk: (LedgerDisk) -> LedgerDisk = { it }) =
    Bench(folder.toFile(), rules, disk = disk).also { bench = it }

  /** In each of these tests: no secret is told, and none stays on disk once all has ended. */
  @AfterEach
  fun close() {
    bench.close()
    assertFalse(SECRET in bench.log.all().toString())
    if (bench.engine.list().none { it is TaskStatus.Waiting || it is TaskStatus.Running }) {
      assertFalse("5ec2e7" in bench.ledgerFile.readText())
    }
  }

  private fun answerTo(behaviour: (Exchange) -> Unit): Answer {
    bench().server.script(1, behaviour)
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    return (bench.log.awaitResult(idOf(1)) as TaskStatus.Answered).answer
  }

  @Test
  fun `a 403 is an answer, with the beginning of its body`() {
    val body = "<Error><Code>AccessDenied</Code>é${"x".repeat(9000)}</Error>"
    val answer = answerTo(refuse(403, body = body))
    assertEquals(403, answer.status)
    assertEquals(4096, answer.body.toByteArray().size)
    assertTrue(body.startsWith(answer.body))
    assertEquals(1, bench.server.puts.size)
  }

  @Test
  fun `a 503 is an answer, with its headers, and the decision is not made here`() {
    val answer = answerTo(refuse(503, mapOf("Retry-After" to "7"), "busy"))
    assertEquals(503, answer.status)
    assertEquals("busy", answer.body)
    assertTrue(Header("Retry-After", "7") in answer.headers)
    assertEquals(1, bench.server.puts.size)
  }

  @Test
  fun `a 401 with a challenge is an answer`() {
    val answer = answerTo(refuse(401, mapOf("WWW-Authenticate" to "Basic realm=\"x\""), "who?"))
    assertEquals(401, answer.status)
    assertEquals(1, bench.server.puts.size)
  }

  @Test
  fun `a 200 without an ETag is an answer`() {
    val answer = answerTo(refuse(200, body = "kept for nobody"))
    assertEquals(200, answer.status)
    assertEquals("", answer.body)
    assertTrue(answer.headers.none { it.name.equals("etag", ignoreCase = true) })
  }

  @Test
  fun `a redirect is an answer and is not followed`() {
    for (status in listOf(301, 302, 303, 307, 308)) {
      bench()
        .server
        .script(
          1,
          { exchange ->
            exchange.readBody()
            val url = bench.server.url(2)
            exchange.answer(status, mapOf("Location" to url), "<a href=\"$url\">moved</a>")
          },
        )
      bench.engine.enqueue(bench.tasks(1))
      bench.start()
      val answer = (bench.log.awaitResult(idOf(1)) as TaskStatus.Answered).answer
      assertEquals(status, answer.status)
      val location = Header("Location", bench.server.url(2).substringBefore('?'))
      assertTrue(location in answer.headers)
      assertEquals("", answer.body)
      assertEquals(listOf(1), bench.server.puts.map { it.number })
      bench.engine.acknowledge(listOf(idOf(1)))
      bench.close()
    }
  }

  @Test
  fun `an answer that closes the connection counts, and the next part gets a new one`() {
    val bench = bench(EngineRules(concurrency = 1))
    bench.server.script(
      1,
      { exchange ->
        exchange.readBody()
        exchange.answer(200, mapOf("ETag" to "\"e\"", "Connection" to "close"))
        exchange.close()
      },
    )
    bench.engine.enqueue(bench.tasks(2))
    bench.start()
    bench.log.await { it == EventLog.Idle }
    assertEquals(2, bench.engine.list().count { it is TaskStatus.Answered })
    assertEquals(2, bench.server.puts.size)
  }

  @Test
  fun `an answer before the body was read is an answer`() {
    val answer = answerTo { exchange ->
      exchange.answer(403, body = "expired")
      exchange.readBody()
    }
    assertEquals(403, answer.status)
    assertEquals("expired", answer.body)
  }

  @Test
  fun `an answer before the body was read, with a reset, is tried again`() {
    val bench = bench()
    bench.server.script(
      1,
      { exchange ->
        exchange.answer(403, body = "expired")
        exchange.reset()
      },
    )
    bench.engine.enqueue(bench.tasks(1, 16 * MIB))
    bench.start()
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }
    bench.clock.advance(1_000)
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
  }

  @Test
  fun `a broken exchange is tried again after a pause`() {
    val bench = bench()
    bench.server.script(1, resetAfter(1000), resetAfter(64 * 1024))
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }
    bench.clock.advance(499)
    assertEquals(1, bench.server.puts.size)
    bench.clock.advance(1)
    bench.log.await(nth = 2) { it == TaskStatus.Waiting(idOf(1)) }
    bench.clock.advance(999)
    assertEquals(2, bench.server.puts.size)
    bench.clock.advance(1)
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
    assertEquals(3, bench.server.puts.size)
  }

  @Test
  fun `an exchange that always breaks ends the task, without its URL`() {
    val bench = bench(EngineRules(attempts = 3))
    bench.server.script(1, resetAfter(0), resetAfter(0), resetAfter(0))
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    for (attempt in 1..2) {
      bench.log.await(nth = attempt) { it == TaskStatus.Waiting(idOf(1)) }
      bench.clock.advance(60_000)
    }
    val status = bench.log.awaitResult(idOf(1)) as TaskStatus.Broken
    assertEquals("network", status.code)
    assertTrue(status.message.startsWith("The exchange broke (SocketException"), status.message)
    assertEquals(3, bench.server.puts.size)
    assertEquals(listOf<TaskStatus>(status), bench.engine.list())
  }

  @Test
  fun `what is not HTTP is a broken exchange`() {
    val bench = bench(EngineRules(attempts = 1))
    bench.engine.enqueue(bench.tasks(1).map { it.copy(url = "gibberish?$SECRET") })
    bench.start()
    val status = bench.log.awaitResult(idOf(1)) as TaskStatus.Broken
    assertEquals("network", status.code)
  }

  @Test
  fun `a storage that does not answer for a minute is given up, and tried again`() {
    val bench = bench(EngineRules(progressMs = 0))
    val read = CountDownLatch(1)
    bench.server.script(
      1,
      { exchange ->
        exchange.readBody()
        read.countDown()
        exchange.awaitHangUp()
      },
    )
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    read.await()
    bench.log.await { it == TaskStatus.Running(idOf(1), 64 * 1024) }
    bench.clock.advance(59_999)
    assertTrue(bench.engine.list().single() is TaskStatus.Running)
    bench.clock.advance(1)
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }
    bench.clock.advance(500)
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
    assertEquals(2, bench.server.puts.size)
  }

  @Test
  fun `a storage that stops reading is given up after a minute, and tried again`() {
    val bench = bench(EngineRules(attempts = 1000, backoffCapMs = 1_000))
    val readsAgain = CountDownLatch(1)
    val stopsReading = { exchange: Exchange ->
      readsAgain.await()
      exchange.reset()
    }
    // Time flies while the test waits to hear of the first one, so others may stall as well.
    bench.server.script(1, *Array(100) { stopsReading })
    bench.engine.enqueue(bench.tasks(1, 16 * MIB))
    bench.start()
    // What the sockets can hold may still be on its way, and each step of it is progress.
    assertTrue(happensWhile(60_000) { it == TaskStatus.Waiting(idOf(1)) })
    bench.server.clearScripts()
    readsAgain.countDown()
    assertTrue(happensWhile(250) { it is TaskStatus.Answered })
  }

  /** Whether there is such an event while the clock goes on in steps of so much. */
  private fun happensWhile(stepMs: Long, matches: (Any) -> Boolean) =
    (1..1000).any {
      bench.clock.advance(stepMs)
      bench.log.awaitWithin(20, matches = matches) != null
    }

  @Test
  fun `what broke while the network was lost is sent at once when it is back`() {
    val bench = bench()
    bench.server.script(1, resetAfter(0))
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    bench.log.await { it == TaskStatus.Waiting(idOf(1)) }
    bench.engine.setDevice(EVERYTHING.copy(online = false))
    bench.engine.setDevice(EVERYTHING)
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
  }

  private fun codeAfter(change: (File) -> Unit): String {
    val bench = bench()
    bench.engine.enqueue(bench.tasks(1))
    change(File(folder.toFile(), "film.mp4"))
    bench.start()
    val status = bench.log.awaitResult(idOf(1)) as TaskStatus.Broken
    assertEquals(0, bench.server.puts.size)
    return status.code
  }

  @Test
  fun `a file of another size is refused before anything is sent`() =
    assertEquals("source_changed", codeAfter { it.appendText("more") })

  @Test
  fun `a file that was written since is refused before anything is sent`() =
    assertEquals("source_changed", codeAfter { it.setLastModified(it.lastModified() + 1000) })

  @Test
  fun `a file that is gone is refused`() = assertEquals("file_not_found", codeAfter { it.delete() })

  @Test
  fun `a folder in its place is refused`() {
    val replaceByFolder = { file: File ->
      file.delete()
      file.mkdir()
      Unit
    }
    assertEquals("file_not_regular", codeAfter(replaceByFolder))
  }

  @Test
  fun `a time that nobody knew is not compared`() {
    val bench = bench()
    val (task) = bench.tasks(1)
    bench.engine.enqueue(listOf(task.copy(file = task.file.copy(lastModified = -1))))
    bench.start()
    assertTrue(bench.log.awaitResult(idOf(1)) is TaskStatus.Answered)
  }

  @Test
  fun `a file that changes while its part is sent gives no answer`() {
    val bench = bench()
    bench.server.script(
      1,
      { exchange ->
        val film = File(folder.toFile(), "film.mp4")
        film.setLastModified(film.lastModified() + 1000)
        accept(exchange)
      },
    )
    bench.engine.enqueue(bench.tasks(1))
    bench.start()
    assertEquals("source_changed", (bench.log.awaitResult(idOf(1)) as TaskStatus.Broken).code)
  }

  @Test
  fun `a file that gets shorter while its part is sent breaks off`() {
    val bench = bench()
    bench.server.script(
      1,
      { exchange ->
        RandomAccessFile(File(folder.toFile(), "film.mp4"), "rw").use { it.setLength(MIB) }
        exchange.readBody()
      },
    )
    bench.engine.enqueue(bench.tasks(1, 64 * MIB))
    bench.start()
    assertEquals("source_changed", (bench.log.awaitResult(idOf(1)) as TaskStatus.Broken).code)
  }

  @Test
  fun `what cannot be recorded is not enqueued`() {
    lateinit var disk: FillingDisk
    val bench = bench {
      FillingDisk(File(folder.toFile(), "ledger"), it).also { full -> disk = full }
    }
    disk.full = true
    val failure = assertThrows(UploadFailure::class.java) { bench.engine.enqueue(bench.tasks(2)) }
    assertEquals(FailureCode.STORE_FAILED, failure.code)
    assertEquals(emptyList<TaskStatus>(), bench.engine.list())
    disk.full = false
    bench.engine.enqueue(bench.tasks(2))
    bench.start()
    bench.log.await { it == EventLog.Idle }
    assertEquals(2, bench.log.results().size)
  }

  @Test
  fun `a result that the full disk does not take waits, and nothing is sent meanwhile`() {
    lateinit var disk: FillingDisk
    val bench =
      bench(EngineRules(concurrency = 2)) {
        FillingDisk(File(folder.toFile(), "ledger"), it).also { full -> disk = full }
      }
    bench.engine.enqueue(bench.tasks(6))
    disk.full = true
    bench.start()
    bench.log.await(nth = 2) { it is EventLog.Problem }
    bench.clock.advance(500)
    bench.log.await(nth = 4) { it is EventLog.Problem }
    assertEquals(emptyList<TaskStatus>(), bench.log.results())
    assertEquals(2, bench.server.puts.size)
    assertEquals(2, bench.engine.list().count { it is TaskStatus.Running })
    assertEquals(6, entriesIn(bench.ledgerFile).values.count { it is EntryRecord.Waiting })

    disk.full = false
    bench.clock.advance(60_000)
    bench.log.await { it == EventLog.Idle }
    assertEquals(6, bench.server.puts.size)
    assertEquals(6, entriesIn(bench.ledgerFile).values.count { it is EntryRecord.Answered })
  }

  @Test
  fun `a task that is cancelled while its result waits for the disk stays forgotten`() {
    lateinit var disk: FillingDisk
    val bench = bench {
      FillingDisk(File(folder.toFile(), "ledger"), it).also { full -> disk = full }
    }
    bench.engine.enqueue(bench.tasks(1))
    disk.full = true
    bench.start()
    bench.log.await { it is EventLog.Problem }
    disk.full = false
    bench.engine.cancel(listOf(idOf(1)))
    bench.clock.advance(500)
    bench.log.await { it == EventLog.Idle }
    assertEquals(emptyList<TaskStatus>(), bench.engine.list())
    assertEquals(emptyList<TaskStatus>(), bench.log.results())
    assertEquals(0, bench.ledgerFile.length())
  }

  @Test
  fun `a cancel that the full disk does not take stops all the same, and works later`() {
    lateinit var disk: FillingDisk
    val bench = bench {
      FillingDisk(File(folder.toFile(), "ledger"), it).also { full -> disk = full }
    }
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
    disk.full = true
    val failure = assertThrows(UploadFailure::class.java) { bench.engine.cancel(listOf(idOf(1))) }
    assertEquals(FailureCode.STORE_FAILED, failure.code)
    bench.log.await { it == EventLog.Idle }
    assertEquals(listOf(TaskStatus.Waiting(idOf(1))), bench.engine.list())
    disk.full = false
    bench.engine.cancel(listOf(idOf(1)))
    assertEquals(emptyList<TaskStatus>(), bench.engine.list())
    assertEquals(1, bench.server.puts.size)
    assertNotNull(bench.server.puts.single().brokenBy.get(10, TimeUnit.SECONDS))
  }
}
