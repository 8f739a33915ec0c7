package com.s3bguploader

import android.util.Base64
import com.facebook.react.bridge.Arguments
import com.facebook.react.bridge.LifecycleEventListener
import com.facebook.react.bridge.Promise
import com.facebook.react.bridge.ReactApplicationContext
import com.facebook.react.bridge.ReadableArray
import com.facebook.react.bridge.ReadableMap
import com.s3bguploader.engine.EngineListener
import com.s3bguploader.engine.FileHashing
import com.s3bguploader.engine.PartEngine
import com.s3bguploader.engine.SystemClock
import com.s3bguploader.engine.TaskStatus
import com.s3bguploader.engine.UploadFailure
import com.s3bguploader.engine.describe
import com.s3bguploader.engine.readRange
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor
import java.util.concurrent.Executors

/** The queue as JavaScript sees it: src/native-module.ts says what each method does. */
class S3BgUploaderModule(context: ReactApplicationContext) :
  NativeS3BgUploaderSpec(context), EngineListener, LifecycleEventListener {
  private val queue = UploadQueue.of(context)

  /** Reading files takes its time, and must not hold up the queue; hashing even longer. */
  private val readers = Executors.newCachedThreadPool { Thread(it, "s3-bg-uploader-reader") }
  private val hashers = Executors.newFixedThreadPool(2) { Thread(it, "s3-bg-uploader-hasher") }
  private val hashings = ConcurrentHashMap<String, FileHashing>()

  override fun initialize() {
    super.initialize()
    queue.listener = this
    reactApplicationContext.addLifecycleEventListener(this)
    queue.ensureWorker()
  }

  override fun invalidate() {
    if (queue.listener === this) queue.listener = null
    reactApplicationContext.removeLifecycleEventListener(this)
    hashings.values.forEach { it.cancel() }
    readers.shutdown()
    hashers.shutdown()
    super.invalidate()
  }

  override fun open(path: String, promise: Promise) =
    reading(promise) {
      queue.files.keepReadable(path)
      queue.files.open(path).use { toMap(it.facts()) }
    }

  override fun read(file: ReadableMap, start: Double, end: Double, promise: Promise) {
    val ref = fileRefOf(file)
    reading(promise) {
      val bytes = queue.files.readRange(ref, start.toLong(), end.toLong())
      Base64.encodeToString(bytes, Base64.NO_WRAP)
    }
  }

  override fun hash(id: String, file: ReadableMap, promise: Promise) {
    val hashing = FileHashing(queue.files, fileRefOf(file))
    hashings[id] = hashing
    reading(promise, hashers) {
      try {
        hashing.run(toldNowAndThen(id))
      } finally {
        hashings.remove(id, hashing)
      }
    }
  }

  override fun cancelHash(id: String, promise: Promise) {
    hashings[id]?.cancel()
    promise.resolve(null)
  }

  override fun enqueue(tasks: ReadableArray, promise: Promise) {
    val known = tasksOf(tasks)
    queueing(promise) { it.enqueue(known) }
    queue.ensureWorker()
  }

  override fun list(promise: Promise) =
    queueing(promise) { engine ->
      Arguments.createArray().apply { engine.list().forEach { pushMap(toMap(it)) } }
    }

  override fun cancel(ids: ReadableArray, promise: Promise) {
    val known = idsOf(ids)
    queueing(promise) { it.cancel(known) }
  }

  override fun acknowledge(ids: ReadableArray, promise: Promise) {
    val known = idsOf(ids)
    queueing(promise) { it.acknowledge(known) }
  }

  override fun window(promise: Promise) {
    val window = Arguments.createMap()
    window.putDouble("tasks", WINDOW_TASKS)
    // Parts are read from the file itself: none waits as a copy.
    window.putDouble("bytes", MAX_SAFE_INTEGER)
    promise.resolve(window)
  }

  override fun setConstraints(constraints: ReadableMap, promise: Promise) {
    val wanted = constraintsOf(constraints)
    queueing(promise) { engine ->
      if (engine.constraints != wanted) {
        engine.setConstraints(wanted)
        queue.followConstraints()
      }
    }
  }

  override fun isConstrained(promise: Promise) = queueing(promise) { it.isConstrained }

  override fun setNotification(title: String, subtitle: String, promise: Promise) {
    queue.notification.say(title, subtitle)
    queue.refreshNotification()
    promise.resolve(null)
  }

  override fun finishWake(promise: Promise) {
    queue.finishWake()
    promise.resolve(null)
  }

  override fun onTask(status: TaskStatus) = telling { emitOnTask(toMap(status)) }

  override fun onConstrained(constrained: Boolean) = telling { emitOnConstrained(constrained) }

  override fun onIdle() = Unit

  override fun onProblem(message: String) = Unit

  /** The moment in which the system lets work begin. */
  override fun onHostResume() {
    queue.ensureWorker()
  }

  override fun onHostPause() = Unit

  override fun onHostDestroy() = Unit

  /** Before JavaScript listens React Native has nobody to tell; some versions crash then. */
  private fun telling(emit: () -> Unit) {
    if (mEventEmitterCallback != null) emit()
  }

  private fun queueing(promise: Promise, call: (PartEngine) -> Any?) =
    queue.call({ reject(promise, it) }) { engine ->
      promise.resolve(call(engine).takeIf { it != Unit })
    }

  private fun reading(promise: Promise, threads: Executor = readers, read: () -> Any?) {
    threads.execute {
      try {
        promise.resolve(read())
      } catch (failure: Exception) {
        reject(promise, failure)
      }
    }
  }

  private fun reject(promise: Promise, failure: Exception) {
    if (failure is UploadFailure) promise.reject(failure.code.wire, failure.message, failure)
    else promise.reject("internal", describe(failure), failure)
  }

  private fun toldNowAndThen(id: String): (Long) -> Unit {
    var toldAt = SystemClock.nowMs()
    return { hashedBytes ->
      val now = SystemClock.nowMs()
      if (now - toldAt >= PROGRESS_MS) {
        toldAt = now
        val progress = Arguments.createMap()
        progress.putString("id", id)
        progress.putDouble("hashedBytes", hashedBytes.toDouble())
        telling { emitOnHashed(progress) }
      }
    }
  }

  companion object {
    const val NAME: String = NativeS3BgUploaderSpec.NAME
  }
}

/** Each costs a line of the ledger and an entry of `list`, so not all 10,000 of a file at once. */
private const val WINDOW_TASKS = 1_000.0
private const val MAX_SAFE_INTEGER = 9_007_199_254_740_991.0
private const val PROGRESS_MS = 250L
