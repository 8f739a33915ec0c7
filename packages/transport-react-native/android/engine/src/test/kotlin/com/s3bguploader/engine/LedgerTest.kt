package com.s3bguploader.engine

import java.io.File
import java.io.IOException
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class LedgerTest {
  @TempDir lateinit var folder: Path

  private lateinit var file: File
  private val problems = mutableListOf<String>()

  @BeforeEach
  fun place() {
    file = folder.resolve("ledger").toFile()
  }

  private fun open(disk: LedgerDisk = FileDisk(file, ::syncFolder)) = Ledger(disk, problems::add)

  private fun task(number: Int) =
    EntryRecord.Waiting(
      PartTask(idOf(number), "https://h/k?$SECRET$number", FileRef("/f", 50, 1), 0, 5)
    )

  private fun answered(number: Int) =
    EntryRecord.Answered(idOf(number), Answer(200, listOf(Header("ETag", "\"e$number\"")), ""))

  private fun forgotten(number: Int) = LedgerRecord.Forgotten(idOf(number))

  /** Enough entries that live for nothing to be compacted away in between. */
  private val records = (1..8).map(::task) + listOf(answered(1), forgotten(2), answered(3))

  private fun written(): ByteArray {
    val disk = MemoryDisk()
    open(disk).use { ledger -> records.forEach { ledger.append(listOf(it)) } }
    assertEquals(records.size, disk.bytes.count { it == NEWLINE })
    return disk.bytes
  }

  @Test
  fun `a tail torn at any byte loses the torn lines only, and what comes next is whole`() {
    val bytes = written()
    for (length in 0..bytes.size) {
      val disk = MemoryDisk(bytes.copyOf(length))
      goOnAfter(bytes.copyOf(length)) { disk }
    }
  }

  @Test
  fun `a torn tail is cut off in a file too`() {
    val bytes = written()
    for (length in bytes.size - 12..bytes.size) {
      file.writeBytes(bytes.copyOf(length))
      goOnAfter(bytes.copyOf(length)) { FileDisk(file, ::syncFolder) }
    }
  }

  private fun goOnAfter(bytes: ByteArray, disk: () -> LedgerDisk) {
    val whole = bytes.count { it == NEWLINE }
    val torn = bytes.isNotEmpty() && bytes.last() != NEWLINE
    val expected = LedgerState().apply { records.take(whole).forEach(::apply) }.entries.values
    open(disk()).use { ledger ->
      assertEquals(expected.toList(), ledger.entries.values.toList(), "cut at ${bytes.size}")
      assertEquals(if (torn) 1 else 0, ledger.dropped)
      ledger.append(listOf(task(9)))
    }
    open(disk()).use { ledger ->
      assertEquals(0, ledger.dropped, "glued to a tail cut at ${bytes.size}")
      assertEquals(expected.toList() + task(9), ledger.entries.values.toList())
    }
  }

  @Test
  fun `any one wrong byte costs at most the lines that it touches`() {
    val bytes = written()
    for (at in bytes.indices) {
      val wrong = bytes.copyOf().also { it[at] = (it[at].toInt() xor 0x15).toByte() }
      open(MemoryDisk(wrong)).use { ledger ->
        // Two lines become one, which is dropped as one.
        assertEquals(1, ledger.dropped, "byte $at")
        assertTrue(ledger.entries.size in records.size - 6..records.size, "byte $at")
      }
    }
  }

  @Test
  fun `a write that fails half way leaves nothing, and the next one is whole`() {
    val disk = FillingDisk(file, FileDisk(file, ::syncFolder))
    open(disk).use { ledger ->
      ledger.append(listOf(task(1)))
      disk.full = true
      val failure = assertThrows(UploadFailure::class.java) { ledger.append((2..8).map(::task)) }
      assertEquals(FailureCode.STORE_FAILED, failure.code)
      assertEquals(listOf(task(1)), ledger.entries.values.toList())
      assertFalse(file.readText().endsWith("\n"), "the disk took half of the lines")
      disk.full = false
      ledger.append(listOf(task(3)))
    }
    open().use { ledger ->
      assertEquals(0, ledger.dropped)
      assertEquals(listOf(task(1), task(3)), ledger.entries.values.toList())
    }
  }

  @Test
  fun `once all has ended no URL is left in the file`() {
    open().use { ledger ->
      ledger.append((1..20).map { task(it) })
      assertTrue(SECRET in decoded())
      (1..20).forEach { ledger.append(listOf(answered(it))) }
      assertEquals((1..20).map { answered(it) }, ledger.entries.values.toList())
    }
    assertFalse(SECRET in decoded())
    assertEquals(20, file.readLines().size)
  }

  @Test
  fun `the file stays in proportion to what lives, and is empty when nothing does`() {
    val disk = MemoryDisk()
    open(disk).use { ledger ->
      for (number in 1..500) {
        ledger.append(listOf(task(number)))
        ledger.append(listOf(answered(number)))
        if (number > 10) ledger.append(listOf(forgotten(number - 10)))
        val lines = disk.bytes.count { it == NEWLINE }
        assertTrue(lines <= 2 * ledger.entries.size + 1)
      }
      ledger.append((491..500).map { forgotten(it) })
    }
    assertEquals(0, disk.bytes.size)
  }

  @Test
  fun `a compaction that fails is a problem, not a failure`() {
    val disk = FillingDisk(file, FileDisk(file, ::syncFolder))
    open(disk).use { ledger ->
      ledger.append(listOf(task(1)))
      disk.onlyReplaceFails = true
      ledger.append(listOf(answered(1)))
      assertEquals(1, problems.size)
      assertTrue("compacted" in problems[0])
      ledger.append(listOf(answered(2)))
    }
    open().use { assertEquals(listOf(answered(1), answered(2)), it.entries.values.toList()) }
    assertEquals(listOf("ledger"), folder.toFile().list()?.toList())
  }

  @Test
  fun `a torn tail is cut off where there is no room for compaction either`() {
    file.writeBytes(written().dropLast(5).toByteArray())
    val disk = FillingDisk(file, FileDisk(file, ::syncFolder))
    disk.onlyReplaceFails = true
    open(disk).use { it.append(listOf(task(9))) }
    open().use { ledger ->
      assertEquals(0, ledger.dropped)
      assertEquals(task(9), ledger.entries[idOf(9)])
    }
  }

  @Test
  fun `a ledger that cannot be read is a failure with a code`() {
    val broken =
      object : LedgerDisk by FileDisk(file, ::syncFolder) {
        override fun read(): ByteArray = throw IOException("I/O error")
      }
    val failure = assertThrows(UploadFailure::class.java) { open(broken) }
    assertEquals(FailureCode.STORE_FAILED, failure.code)
  }

  @Test
  fun `what is appended after a folder could not be synced waits for the folder`() {
    var syncs = 0
    var works = false
    val disk =
      FileDisk(file) {
        syncs++
        if (!works) throw IOException("no")
      }
    open(disk).use { ledger ->
      assertThrows(UploadFailure::class.java) { ledger.append(listOf(task(1))) }
      assertTrue(ledger.entries.isEmpty())
      works = true
      ledger.append(listOf(task(2)))
      ledger.append(listOf(task(3)))
      assertEquals(2, syncs)
    }
    open().use { assertEquals(listOf(task(2), task(3)), it.entries.values.toList()) }
  }

  private fun decoded() = decodeField(file.readText().replace(Regex("[\t\n]"), "~"))!!
}

private const val NEWLINE = '\n'.code.toByte()
