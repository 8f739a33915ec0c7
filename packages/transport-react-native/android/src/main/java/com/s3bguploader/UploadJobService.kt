package com.s3bguploader

import android.annotation.TargetApi
import android.app.job.JobParameters
import android.app.job.JobService
import android.os.Build
import java.net.HttpURLConnection
import java.net.URL

/** The user-initiated data transfer job, one for the whole queue, that API 34 and later want. */
@TargetApi(Build.VERSION_CODES.UPSIDE_DOWN_CAKE)
class UploadJobService : JobService() {
  private var worker: JobWorker? = null

  override fun onStartJob(params: JobParameters): Boolean {
    val queue = UploadQueue.of(this)
    // Within ten seconds, or the system takes the app for broken.
    setNotification(
      params,
      UploadNotification.ID,
      queue.notification.build(),
      JOB_END_NOTIFICATION_POLICY_REMOVE,
    )
    val started = JobWorker(params)
    worker = started
    queue.begin(started)
    return true
  }

  /** True: what was cut off goes on as soon as the system allows it again. */
  override fun onStopJob(params: JobParameters): Boolean {
    worker?.let(UploadQueue.of(this)::end)
    worker = null
    return true
  }

  /** What was enqueued while this job was on its way out found one that still seemed to be there. */
  override fun onDestroy() {
    UploadQueue.of(this).ensureWorker()
    super.onDestroy()
  }

  override fun onNetworkChanged(params: JobParameters) {
    worker?.params = params
  }

  private inner class JobWorker(@Volatile var params: JobParameters) : Worker {
    override fun open(url: URL): HttpURLConnection {
      val network = params.network
      return (network?.openConnection(url) ?: url.openConnection()) as HttpURLConnection
    }

    /** The system keeps it awake, and stops the job when it may not send. */
    override fun keepAwake(needed: Boolean) = Unit

    override fun finish() = jobFinished(params, false)
  }
}
