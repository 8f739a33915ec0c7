package com.s3bguploader.engine

import java.io.File
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The process is killed again and again; each next one has nothing but the ledger. */
class KilledProcessTest {
  @TempDir lateinit var folder: Path

  @Test
  fun `what was recorded is never sent again, and everything arrives`() {
    StorageServer().use { server ->
      val ledgerFile = File(folder.toFile(), "ledger")
      val film = sparseFile(File(folder.toFile(), "film.mp4"), PARTS, PART_SIZE)
      val tasks = tasksOf(server, film, PARTS, PART_SIZE)
      var recorded = emptyMap<String, EntryRecord>()
      var seen = 0
      for (kill in 1..KILLS) {
        val enough = scriptedKill(server, recorded)
        val first = listOf(film.path, "$PART_SIZE") + tasks.map { it.url }
        val process = startProcess(ledgerFile, if (kill == 1) first else emptyList())
        assertTrue(enough.await(60, TimeUnit.SECONDS), "too little was sent before kill $kill")
        process.destroyForcibly().waitFor()

        requireNothingTwice(server, seen, recorded)
        seen = server.puts.size
        val survived = entriesIn(ledgerFile)
        assertEquals(PARTS, survived.size)
        assertTrue(recorded.all { (id, entry) -> survived[id] == entry }, "a result was lost")
        recorded = survived.filterValues { it is EntryRecord.Answered }
        assertTrue(recorded.size >= kill * (PARTS_A_LIFE - 4), "${recorded.size} recorded")
      }
      server.clearScripts()
      val last = startProcess(ledgerFile, emptyList())
      assertTrue(last.waitFor(60, TimeUnit.SECONDS), "the last process did not end")
      assertEquals(0, last.exitValue())
      requireNothingTwice(server, seen, recorded)

      val entries = entriesIn(ledgerFile)
      for (task in tasks) {
        val answer = (entries[task.id] as EntryRecord.Answered).answer
        assertTrue(Header("ETag", etagOf(hashOf(task))) in answer.headers, "${task.id} is wrong")
      }
      assertTrue(server.puts.size <= PARTS + KILLS * 4, "${server.puts.size} PUTs")
    }
  }

  /** Counts down once enough parts of this life were answered; the storage then falls silent. */
  private fun scriptedKill(
    server: StorageServer,
    recorded: Map<String, EntryRecord>,
  ): CountDownLatch {
    val enough = CountDownLatch(1)
    val answered = AtomicInteger()
    server.clearScripts()
    for (number in 1..PARTS) {
      if (idOf(number) in recorded) continue
      server.script(
        number,
        { exchange ->
          if (answered.get() >= PARTS_A_LIFE) {
            enough.countDown()
            exchange.awaitHangUp()
          } else {
            accept(exchange)
            answered.incrementAndGet()
          }
        },
      )
    }
    return enough
  }

  private fun requireNothingTwice(
    server: StorageServer,
    seen: Int,
    recorded: Map<String, EntryRecord>,
  ) {
    val again = server.puts.drop(seen).map { idOf(it.number) }.filter { it in recorded }
    assertEquals(emptyList<String>(), again, "sent again")
  }

  private fun startProcess(ledgerFile: File, arguments: List<String>): Process {
    val java = File(System.getProperty("java.home"), "bin/java").path
    val classPath =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
    val main = listOf("com.s3bguploader.engine.UploadingProcessKt", ledgerFile.path)
    val output = File(folder.toFile(), "process.log")
    return ProcessBuilder(
        listOf(java, "-XX:TieredStopAtLevel=1", "-cp", classPath) + main + arguments
      )
      .redirectErrorStream(true)
      .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
      .start()
  }
}

private const val PARTS = 64
private const val PART_SIZE = 5 * MIB
private const val KILLS = 5
private const val PARTS_A_LIFE = 10
