package com.s3bguploader.engine

import java.io.BufferedInputStream
import java.io.Closeable
import java.io.EOFException
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedDeque
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

const val SECRET = "X-Amz-Signature=5ec2e7"

/** A storage on a real socket, with an exact hand on what happens there. */
class StorageServer : Closeable {
  class Put(val number: Int, val target: String, val headers: Map<String, String>) {
    @Volatile var hash: String? = null
    /** What ended the exchange before its answer, once the storage has noticed. */
    val brokenBy = CompletableFuture<IOException>()
  }

  /** Every PUT whose head arrived, in order. */
  val puts = CopyOnWriteArrayList<Put>()
  val mostAtOnce
    get() = most.get()

  private val listening = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
  private val sockets = ConcurrentHashMap.newKeySet<Socket>()
  private val scripts = ConcurrentHashMap<Int, ConcurrentLinkedDeque<(Exchange) -> Unit>>()
  private val busy = AtomicInteger()
  private val most = AtomicInteger()

  init {
    thread(isDaemon = true, name = "storage") {
      try {
        while (true) serve(listening.accept())
      } catch (failure: SocketException) {
        if (!listening.isClosed) throw failure
      }
    }
  }

  fun url(number: Int) =
    "http://127.0.0.1:${listening.localPort}/b/k%20ey/film.mp4?partNumber=$number&$SECRET%2B=="

  /** What happens to the next PUTs of that part, one after the other; later ones are accepted. */
  fun script(number: Int, vararg behaviours: (Exchange) -> Unit) {
    scripts.getOrPut(number) { ConcurrentLinkedDeque() }.addAll(behaviours)
  }

  fun clearScripts() = scripts.clear()

  fun putsOf(number: Int) = puts.count { it.number == number }

  override fun close() {
    listening.close()
    sockets.forEach { it.close() }
  }

  private fun serve(socket: Socket) {
    sockets += socket
    thread(isDaemon = true, name = "storage-connection") {
      socket.use {
        val input = BufferedInputStream(socket.getInputStream(), 64 * 1024)
        while (!socket.isClosed && serveOne(socket, input)) Unit
      }
      sockets -= socket
    }
  }

  private fun serveOne(socket: Socket, input: BufferedInputStream): Boolean {
    val head =
      try {
        readHead(input) ?: return false
      } catch (_: SocketException) {
        return false
      }
    val (method, target) = head.first().split(' ')
    check(method == "PUT") { "got ${head.first()}" }
    val headers =
      head.drop(1).associate { it.substringBefore(':').lowercase() to it.substringAfter(": ") }
    val number = Regex("partNumber=(\\d+)").find(target)!!.groupValues[1].toInt()
    val put = Put(number, target, headers)
    puts += put
    most.accumulateAndGet(busy.incrementAndGet(), ::maxOf)
    val exchange = Exchange(put, socket, input) { busy.decrementAndGet() }
    try {
      val behave = scripts[number]?.poll() ?: ::accept
      behave(exchange)
      return true
    } catch (broken: IOException) {
      put.brokenBy.complete(broken)
      return false
    } finally {
      exchange.end()
    }
  }

  private fun readHead(input: BufferedInputStream): List<String>? {
    val text = StringBuilder()
    while (!text.endsWith("\r\n\r\n")) {
      val byte = input.read()
      if (byte < 0) return null
      text.append(byte.toChar())
    }
    return text.trim().split("\r\n")
  }
}

/** One PUT as the storage sees it, after its head. */
class Exchange(
  val put: StorageServer.Put,
  private val socket: Socket,
  private val input: BufferedInputStream,
  private val onEnd: () -> Unit,
) {
  private val ended = AtomicBoolean()

  /** Before the client hears of it, since it may begin the next PUT at once. */
  fun end() {
    if (!ended.getAndSet(true)) onEnd()
  }

  fun readBody(bytes: Long = put.headers.getValue("content-length").toLong()) {
    val hash = Xxh64()
    val buffer = ByteArray(64 * 1024)
    var left = bytes
    while (left > 0) {
      val count = input.read(buffer, 0, minOf(left, buffer.size.toLong()).toInt())
      if (count < 0) throw EOFException("the client went away")
      hash.update(buffer, 0, count)
      left -= count
    }
    put.hash = hash.digest()
  }

  fun answer(status: Int, headers: Map<String, String> = emptyMap(), body: String = "") {
    end()
    val lines = headers.map { (name, value) -> "$name: $value" }
    val length = "Content-Length: ${body.toByteArray().size}"
    val head = (listOf("HTTP/1.1 $status Whatever") + lines + length).joinToString("\r\n")
    socket.getOutputStream().write("$head\r\n\r\n$body".toByteArray())
  }

  /** Ends the connection as a crash does. */
  fun reset() {
    end()
    socket.setSoLinger(true, 0)
    socket.close()
  }

  /** As a server does that has said all. */
  fun close() = socket.close()

  /** Returns when the client has closed the connection, without reading what it sent. */
  fun awaitHangUp() {
    while (input.read() >= 0) Unit
    throw EOFException("the client hung up")
  }
}

/** The ETag that [accept] answers: that of the bytes, so that a wrong one is seen. */
fun etagOf(hash: String?) = "\"$hash\""

fun accept(exchange: Exchange) {
  exchange.readBody()
  exchange.answer(200, mapOf("ETag" to etagOf(exchange.put.hash)))
}

fun refuse(status: Int, headers: Map<String, String> = emptyMap(), body: String = "") =
  { exchange: Exchange ->
    exchange.readBody()
    exchange.answer(status, headers, body)
  }

fun resetAfter(bytes: Long) = { exchange: Exchange ->
  exchange.readBody(bytes)
  exchange.reset()
}
