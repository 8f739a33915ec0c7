package com.s3bguploader.engine

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.io.File
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** What `test-vectors.json` says, which the implementation for iOS is held to as well. */
class VectorsTest {
  @TempDir lateinit var folder: Path

  private val vectors: JsonObject =
    JsonParser.parseString(File(System.getProperty("testVectors")).readText()).asJsonObject

  @Test
  fun `short inputs hash as core hashes them, however they are cut`() {
    val hashes = vectors.getAsJsonObject("xxh64").getAsJsonArray("ruled").map { it.asString }
    assertEquals(101, hashes.size)
    hashes.forEachIndexed { length, hash ->
      val bytes = ByteArray(length) { (31 * it + 17 * length + it / 8).toByte() }
      for (cut in 0..length) {
        val cutHash = Xxh64()
        cutHash.update(bytes, 0, cut)
        cutHash.update(bytes, cut, length)
        assertEquals(hash, cutHash.digest(), "$length bytes cut at $cut")
      }
    }
  }

  @Test
  fun `long inputs hash as core hashes them`() {
    val all = vectors.getAsJsonObject("xxh64").getAsJsonArray("repeated").map { it.asJsonObject }
    assertEquals(3, all.size)
    for (vector in all) {
      val text = vector["text"].asString.toByteArray()
      val hash = Xxh64()
      // Several repeats at once, so that stripes begin at odd places of the buffer.
      val chunk = ByteArray(text.size * 1001) { text[it % text.size] }
      var left = vector["times"].asLong * text.size
      while (left > 0) {
        val count = minOf(left, chunk.size.toLong()).toInt()
        hash.update(chunk, 0, count)
        left -= count
      }
      assertEquals(vector["hash"].asString, hash.digest())
    }
  }

  @TestFactory
  fun ledgers(): List<DynamicTest> {
    val all = vectors.getAsJsonArray("ledgers").map { it.asJsonObject }
    check(all.size >= 20)
    return all.map { dynamicTest(it["name"].asString) { check(it) } }
  }

  private fun check(vector: JsonObject) {
    val file = folder.resolve("ledger").toFile()
    file.writeText(vector["text"].asString, Charsets.ISO_8859_1)
    val problems = mutableListOf<String>()
    Ledger(FileDisk(file, ::syncFolder), problems::add).use { ledger ->
      assertEquals(
        vector.getAsJsonArray("entries").map { entryOf(it.asJsonObject) },
        ledger.entries.values.toList(),
      )
      assertEquals(constraintsOf(vector.getAsJsonObject("constraints")), ledger.constraints)
      assertEquals(vector["dropped"].asInt, ledger.dropped)
      assertEquals(if (ledger.dropped > 0) 1 else 0, problems.size)
      assertEquals(vector["compacted"].asString, file.readText(Charsets.ISO_8859_1))
    }
  }

  private fun constraintsOf(json: JsonObject) =
    Constraints(
      unmetered = json["unmetered"].asBoolean,
      notRoaming = json["notRoaming"].asBoolean,
      charging = json["charging"].asBoolean,
    )

  private fun entryOf(json: JsonObject): EntryRecord {
    val id = json["id"].asString
    return when (json["state"].asString) {
      "waiting" -> {
        val ref = FileRef(json["path"].asString, json["size"].asLong, json["lastModified"].asLong)
        val url = json["url"].asString
        EntryRecord.Waiting(PartTask(id, url, ref, json["start"].asLong, json["end"].asLong))
      }
      "answered" -> {
        val headers =
          json.getAsJsonArray("headers").map {
            Header(it.asJsonObject["name"].asString, it.asJsonObject["value"].asString)
          }
        EntryRecord.Answered(
          id,
          Answer(json["status"].asInt, headers, json["body"]?.asString.orEmpty()),
        )
      }
      else -> EntryRecord.Broken(id, json["code"].asString, json["message"].asString)
    }
  }
}
