package com.s3bguploader.engine

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/** The text of a field as it stands in a line. */
internal fun encodeField(text: String): String {
  val field = StringBuilder(text.length)
  for (byte in text.toByteArray()) {
    val code = byte.toInt() and 0xff
    if (isPlain(code)) {
      field.append(code.toChar())
    } else {
      field.append('%').append(HEX_DIGITS[code shr 4]).append(HEX_DIGITS[code and 15])
    }
  }
  return field.toString()
}

/** The text that a field stands for; null where it is not encoded as [encodeField] does. */
internal fun decodeField(field: String): String? {
  val bytes = ByteBuffer.allocate(field.length)
  var at = 0
  while (at < field.length) {
    val code = field[at].code
    if (code == '%'.code) {
      val high =
        HEX_DIGITS.indexOf(
          field.getOrElse(at + 1) {
            return null
          }
        )
      val low =
        HEX_DIGITS.indexOf(
          field.getOrElse(at + 2) {
            return null
          }
        )
      if (high < 0 || low < 0) return null
      bytes.put((high * 16 + low).toByte())
      at += 3
    } else {
      if (!isPlain(code)) return null
      bytes.put(code.toByte())
      at++
    }
  }
  return try {
    Charsets.UTF_8.newDecoder()
      .onMalformedInput(CodingErrorAction.REPORT)
      .decode(ByteBuffer.wrap(bytes.array(), 0, bytes.position()))
      .toString()
  } catch (_: CharacterCodingException) {
    // Not UTF-8: no line of ours, which is what null says.
    null
  }
}

private const val HEX_DIGITS = "0123456789ABCDEF"

private fun isPlain(code: Int): Boolean =
  code in 'a'.code..'z'.code ||
    code in 'A'.code..'Z'.code ||
    code in '0'.code..'9'.code ||
    (code < 128 && code.toChar() in "-_.~/:")
