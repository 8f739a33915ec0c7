package com.s3bguploader.engine

import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Streaming XXH64 with seed 0. Not safe for use by two threads at once. */
class Xxh64 {
  private var lane1 = P1 + P2
  private var lane2 = P2
  private var lane3 = 0L
  private var lane4 = -P1
  private var length = 0L

  /** What is left of the input after its last whole stripe. */
  private val pending = ByteBuffer.allocate(STRIPE_BYTES).order(ByteOrder.LITTLE_ENDIAN)

  fun update(bytes: ByteArray, from: Int = 0, to: Int = bytes.size) {
    length += to - from
    var at = from
    if (pending.position() > 0) {
      at += minOf(pending.remaining(), to - from)
      pending.put(bytes, from, at - from)
      if (pending.hasRemaining()) return
      mixStripes(pending, 0, STRIPE_BYTES)
      clearPending()
    }
    val end = to - (to - at) % STRIPE_BYTES
    if (end > at) mixStripes(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), at, end)
    pending.put(bytes, end, to - end)
  }

  /** Of all input so far: 16 lower-case hex digits. */
  fun digest(): String {
    var hash = if (length < STRIPE_BYTES) P5 else mergedLanes()
    hash += length
    val tail = pending.position()
    var at = 0
    while (at + 8 <= tail) {
      hash = (hash xor mix(0, pending.getLong(at))).rotateLeft(27) * P1 + P4
      at += 8
    }
    if (at + 4 <= tail) {
      val word = pending.getInt(at).toLong() and 0xffff_ffffL
      hash = (hash xor word * P1).rotateLeft(23) * P2 + P3
      at += 4
    }
    while (at < tail) {
      val byte = pending.get(at).toLong() and 0xff
      hash = (hash xor byte * P5).rotateLeft(11) * P1
      at++
    }
    hash = (hash xor (hash ushr 33)) * P2
    hash = (hash xor (hash ushr 29)) * P3
    hash = hash xor (hash ushr 32)
    return java.lang.Long.toHexString(hash).padStart(16, '0')
  }

  private fun mixStripes(words: ByteBuffer, from: Int, to: Int) {
    // Fields are slower than locals in the one loop that counts.
    var a = lane1
    var b = lane2
    var c = lane3
    var d = lane4
    var at = from
    while (at < to) {
      a = mix(a, words.getLong(at))
      b = mix(b, words.getLong(at + 8))
      c = mix(c, words.getLong(at + 16))
      d = mix(d, words.getLong(at + 24))
      at += STRIPE_BYTES
    }
    lane1 = a
    lane2 = b
    lane3 = c
    lane4 = d
  }

  private fun mergedLanes(): Long {
    var hash =
      lane1.rotateLeft(1) + lane2.rotateLeft(7) + lane3.rotateLeft(12) + lane4.rotateLeft(18)
    for (lane in longArrayOf(lane1, lane2, lane3, lane4)) hash = (hash xor mix(0, lane)) * P1 + P4
    return hash
  }

  /** As a Buffer: compiled for newer Java, ByteBuffer's own `clear` is not there on Android 7. */
  private fun clearPending() {
    (pending as java.nio.Buffer).clear()
  }
}

private const val STRIPE_BYTES = 32
private const val P1 = -0x61c8864e7a143579L
private const val P2 = -0x3d4d51c2d82b14b1L
private const val P3 = 0x165667b19e3779f9L
private const val P4 = -0x7a1435883d4d519dL
private const val P5 = 0x27d4eb2f165667c5L

private fun mix(lane: Long, word: Long): Long = (lane + word * P2).rotateLeft(31) * P1
