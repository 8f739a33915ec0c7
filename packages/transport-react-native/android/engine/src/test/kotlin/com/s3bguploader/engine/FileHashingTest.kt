package com.s3bguploader.engine

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class FileHashingTest {
  @TempDir lateinit var folder: Path

  private fun file() = folder.resolve("film.mp4").toFile()

  private fun codeOf(hashing: FileHashing, onProgress: (Long) -> Unit = {}) =
    assertThrows(UploadFailure::class.java) { hashing.run(onProgress) }.code

  @Test
  fun `a file hashes as its bytes do, with progress`() {
    val ref = sparseFile(file(), 5, MIB / 2)
    val heard = mutableListOf<Long>()
    val hash = FileHashing(PathAccess, ref).run(heard::add)
    assertEquals(Xxh64().apply { update(file().readBytes()) }.digest(), hash)
    assertEquals(listOf(MIB, 2 * MIB, 5 * MIB / 2), heard)
  }

  @Test
  fun `an empty file has a hash`() =
    assertEquals("ef46db3751d8e999", FileHashing(PathAccess, sparseFile(file(), 0, 0)).run {})

  @Test
  fun `another file in its place is refused`() {
    val ref = sparseFile(file(), 1, 10)
    assertEquals(FailureCode.SOURCE_CHANGED, codeOf(FileHashing(PathAccess, ref.copy(size = 11))))
    assertEquals(
      FailureCode.SOURCE_CHANGED,
      codeOf(FileHashing(PathAccess, ref.copy(lastModified = 5))),
    )
    file().delete()
    assertEquals(FailureCode.FILE_NOT_FOUND, codeOf(FileHashing(PathAccess, ref)))
  }

  @Test
  fun `a file that is written while it is read has no hash`() {
    val ref = sparseFile(file(), 4, MIB)
    val write = { at: Long -> if (at == MIB) file().setLastModified(5) }
    assertEquals(FailureCode.SOURCE_CHANGED, codeOf(FileHashing(PathAccess, ref)) { write(it) })
  }

  @Test
  fun `a cancelled run ends before its next read`() {
    val hashing = FileHashing(PathAccess, sparseFile(file(), 4, MIB))
    val heard = mutableListOf<Long>()
    val code =
      codeOf(hashing) {
        heard += it
        hashing.cancel()
      }
    assertEquals(FailureCode.ABORTED, code)
    assertEquals(listOf(MIB), heard)
  }
}
