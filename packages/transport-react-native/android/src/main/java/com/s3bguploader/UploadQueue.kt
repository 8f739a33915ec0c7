package com.s3bguploader

import android.content.Context
import android.system.ErrnoException
import android.system.Os
import android.system.OsConstants
import android.util.Log
import com.s3bguploader.engine.DeviceState
import com.s3bguploader.engine.EngineListener
import com.s3bguploader.engine.FileDisk
import com.s3bguploader.engine.Ledger
import com.s3bguploader.engine.PartEngine
import com.s3bguploader.engine.SystemClock
import com.s3bguploader.engine.TaskStatus
import com.s3bguploader.engine.describe
import java.io.File
import java.io.IOException
import java.util.concurrent.Executors

internal const val TAG = "s3-bg-uploader"

/**
 * The one queue of the process: brings the engine, whoever keeps it alive, and JavaScript together.
 */
internal class UploadQueue private constructor(private val context: Context) {
  val files = ContentAccess(context.contentResolver)
  val notification = UploadNotification(context)

  /** The module, while JavaScript is alive. */
  @Volatile var listener: EngineListener? = null

  /** One after the other and off the main thread, since most calls write to disk. */
  private val calls = Executors.newSingleThreadExecutor { Thread(it, "s3-bg-uploader-calls") }
  private val starter = WorkStarter(context)
  private val wake = HeadlessWake(context)
  private var engine: PartEngine? = null
  private var worker: Worker? = null

  /**
   * Runs `call` with the engine, after all calls before it. What it throws, or that there is no
   * engine because its ledger cannot be read, goes to `onFailure`.
   */
  fun call(onFailure: (Exception) -> Unit, call: (PartEngine) -> Unit) {
    calls.execute {
      try {
        call(engine())
      } catch (failure: Exception) {
        onFailure(failure)
      }
    }
  }

  /** The system lets us work. */
  fun begin(worker: Worker) =
    call({ giveUp(worker, it) }) { engine ->
      this.worker = worker
      worker.keepAwake(!engine.isHeld)
      engine.start(worker)
    }

  /** The system lets us work no longer. */
  fun end(worker: Worker) {
    call(::log) { engine ->
      if (this.worker == worker) {
        this.worker = null
        engine.stop()
      }
    }
    // After all calls that may have kept it awake, and also where there is no engine.
    calls.execute { worker.keepAwake(false) }
  }

  /** Asks for a worker where there is something to do and nobody who does it. */
  fun ensureWorker() =
    call(::log) { engine ->
      if (worker == null && engine.hasWork && !starter.isAsked) askForWorker(engine)
    }

  /** After new constraints, which the system is to wait for. */
  fun followConstraints() =
    call(::log) { engine ->
      worker?.keepAwake(!engine.isHeld)
      if (engine.hasWork) askForWorker(engine)
    }

  fun refreshNotification() = call(::log) { if (worker != null) notification.refresh() }

  fun finishWake() = wake.finish()

  private fun askForWorker(engine: PartEngine) = starter.start(engine.constraints, engine.bytesLeft)

  private fun setDevice(state: DeviceState) =
    call(::log) { engine ->
      engine.setDevice(state)
      worker?.keepAwake(!engine.isHeld)
    }

  private fun engine(): PartEngine =
    engine
      ?: run {
        val file = File(context.noBackupFilesDir, "s3-bg-uploader.ledger")
        val ledger = Ledger(FileDisk(file, ::syncFolder)) { Log.w(TAG, it) }
        val device = DeviceWatch(context, ::setDevice)
        val opened = PartEngine(ledger, files, SystemClock, Math::random, Relay(), device.now())
        engine = opened
        device.begin()
        opened
      }

  private fun finishWorker() =
    call(::log) { engine ->
      val done = worker
      if (done != null && !engine.hasWork) {
        worker = null
        engine.stop()
        done.finish()
      }
    }

  private fun giveUp(worker: Worker, failure: Exception) {
    log(failure)
    worker.finish()
  }

  private fun log(failure: Exception) {
    Log.w(TAG, describe(failure))
  }

  private inner class Relay : EngineListener {
    override fun onTask(status: TaskStatus) {
      listener?.onTask(status)
    }

    override fun onConstrained(constrained: Boolean) {
      listener?.onConstrained(constrained)
    }

    /** JavaScript on a screen may be fetching URLs for more; one without is told to. */
    override fun onIdle() {
      listener?.onIdle()
      call(::log) { engine ->
        if (engine.hasResults) wake.start { SystemClock.after(LINGER_MS, ::finishWorker) }
        else SystemClock.after(LINGER_MS, ::finishWorker)
      }
    }

    override fun onProblem(message: String) {
      Log.w(TAG, message)
    }
  }

  companion object {
    @Volatile private var only: UploadQueue? = null

    fun of(context: Context): UploadQueue =
      only
        ?: synchronized(this) { only ?: UploadQueue(context.applicationContext).also { only = it } }
  }
}

/**
 * A new worker is not to be had in the background, so the old one is kept until there is surely no
 * more.
 */
private const val LINGER_MS = 5_000L

private fun syncFolder(folder: File) {
  try {
    val descriptor = Os.open(folder.path, OsConstants.O_RDONLY, 0)
    try {
      Os.fsync(descriptor)
    } finally {
      Os.close(descriptor)
    }
  } catch (failure: ErrnoException) {
    throw IOException("the folder could not be synced", failure)
  }
}
