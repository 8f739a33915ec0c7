package com.s3bguploader.engine

import java.util.zip.CRC32

/** The record as a line, with its newline. */
internal fun encodeLine(record: LedgerRecord): String {
  val rest = fieldsOf(record).joinToString("\t") { encodeField(it.toString()) }
  return "${checksum(rest)}\t$rest\n"
}

/** What a line, given without its newline, records; null where it is to be dropped. */
internal fun decodeLine(line: String): LedgerRecord? {
  val rest = line.substringAfter('\t', "")
  if (line.substringBefore('\t') != checksum(rest)) return null
  val fields = rest.split('\t').map { decodeField(it) ?: return null }
  return when (fields[0]) {
    "task" -> readTask(fields)
    "answered" -> readAnswered(fields)
    "broken" -> if (fields.size == 4) EntryRecord.Broken(fields[1], fields[2], fields[3]) else null
    "forgotten" -> if (fields.size == 2) LedgerRecord.Forgotten(fields[1]) else null
    "constraints" -> readConstraints(fields)
    else -> null
  }
}

private fun fieldsOf(record: LedgerRecord): List<Any> =
  when (record) {
    is EntryRecord.Waiting -> {
      val (id, url, file, start, end) = record.task
      listOf("task", id, url, file.path, file.size, file.lastModified, start, end)
    }
    is EntryRecord.Answered -> {
      val (status, headers, body) = record.answer
      listOf("answered", record.id, status, body) + headers.flatMap { listOf(it.name, it.value) }
    }
    is EntryRecord.Broken -> listOf("broken", record.id, record.code, record.message)
    is LedgerRecord.Forgotten -> listOf("forgotten", record.id)
    is LedgerRecord.Constrained -> {
      val (unmetered, notRoaming, charging) = record.constraints
      listOf("constraints") + listOf(unmetered, notRoaming, charging).map { if (it) 1 else 0 }
    }
  }

private fun readTask(fields: List<String>): LedgerRecord? {
  if (fields.size != 8) return null
  val (_, id, url, path) = fields
  val size = wholeNumber(fields[4]) ?: return null
  val lastModified = wholeNumber(fields[5].removePrefix("-")) ?: return null
  val start = wholeNumber(fields[6]) ?: return null
  val end = wholeNumber(fields[7]) ?: return null
  if (id.isEmpty() || start > end || end > size) return null
  val signed = if (fields[5].startsWith('-')) -lastModified else lastModified
  return EntryRecord.Waiting(PartTask(id, url, FileRef(path, size, signed), start, end))
}

private fun readAnswered(fields: List<String>): LedgerRecord? {
  if (fields.size < 4 || fields.size % 2 != 0) return null
  val status = wholeNumber(fields[2])?.takeIf { it <= 999 } ?: return null
  val headers = fields.drop(4).chunked(2) { (name, value) -> Header(name, value) }
  return EntryRecord.Answered(fields[1], Answer(status.toInt(), headers, fields[3]))
}

private fun readConstraints(fields: List<String>): LedgerRecord? {
  val flags = fields.drop(1)
  if (flags.size != 3 || flags.any { it != "0" && it != "1" }) return null
  val (unmetered, notRoaming, charging) = flags.map { it == "1" }
  return LedgerRecord.Constrained(Constraints(unmetered, notRoaming, charging))
}

/** Below 2^53, as JavaScript reads it. */
private fun wholeNumber(text: String): Long? {
  if (!WHOLE_NUMBER.matches(text)) return null
  return text.toLong().takeIf { it < 1L shl 53 }
}

private val WHOLE_NUMBER = Regex("0|[1-9][0-9]{0,15}")

private fun checksum(rest: String): String {
  val bytes = rest.toByteArray(Charsets.ISO_8859_1)
  val sum = CRC32().apply { update(bytes, 0, bytes.size) }.value
  return java.lang.Long.toHexString(sum).padStart(8, '0')
}
