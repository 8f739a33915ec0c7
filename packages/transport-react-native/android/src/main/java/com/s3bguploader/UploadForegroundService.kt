package com.s3bguploader

import android.app.Service
import android.content.Intent
import android.net.ConnectivityManager
import android.os.IBinder
import android.os.PowerManager
import android.util.Log
import java.net.HttpURLConnection
import java.net.URL

/** What keeps sending before API 34. Never started on later systems, so it needs no type there. */
class UploadForegroundService : Service() {
  private val queue by lazy { UploadQueue.of(this) }
  private val connectivity by lazy { getSystemService(ConnectivityManager::class.java) }
  private val awake by lazy {
    getSystemService(PowerManager::class.java)
      .newWakeLock(PowerManager.PARTIAL_WAKE_LOCK, "s3-bg-uploader:sending")
      .apply { setReferenceCounted(false) }
  }
  private var worker: Worker? = null

  override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
    try {
      startForeground(UploadNotification.ID, queue.notification.build())
    } catch (refused: IllegalStateException) {
      // From API 31 a service that the system brought back may not. The ledger waits for the app.
      Log.w(TAG, "Parts wait until the app is opened: ${refused.javaClass.simpleName}")
      stopSelf()
      return START_NOT_STICKY
    }
    if (worker == null) {
      worker = ServiceWorker().also(queue::begin)
    }
    return START_STICKY
  }

  override fun onDestroy() {
    worker?.let(queue::end)
    worker = null
    super.onDestroy()
  }

  override fun onBind(intent: Intent): IBinder? = null

  private inner class ServiceWorker : Worker {
    override fun open(url: URL): HttpURLConnection {
      val network = connectivity.activeNetwork
      return (network?.openConnection(url) ?: url.openConnection()) as HttpURLConnection
    }

    override fun keepAwake(needed: Boolean) {
      if (needed) awake.acquire(LONGEST_WORK_MS) else if (awake.isHeld) awake.release()
    }

    override fun finish() = stopSelf()
  }
}

/** So that a bug cannot empty the battery. */
private const val LONGEST_WORK_MS = 6 * 60 * 60 * 1000L
