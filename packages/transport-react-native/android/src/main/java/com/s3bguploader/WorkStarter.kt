package com.s3bguploader

import android.annotation.TargetApi
import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.net.NetworkCapabilities
import android.net.NetworkRequest
import android.os.Build
import android.util.Log
import com.s3bguploader.engine.Constraints

/**
 * Asks the system for a [Worker]. It says no while the app is in the background; the tasks then
 * wait in the ledger until the app is opened.
 */
internal class WorkStarter(private val context: Context) {
  private val jobs = context.getSystemService(JobScheduler::class.java)

  /** Whether the system knows already; asking again would stop a job that runs. */
  val isAsked: Boolean
    get() = jobs.getPendingJob(UploadNotification.ID) != null

  fun start(constraints: Constraints, bytes: Long) {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
      schedule(constraints, bytes)
    } else {
      startService()
    }
  }

  /** The same id replaces what was scheduled, so that new constraints hold. */
  @TargetApi(Build.VERSION_CODES.UPSIDE_DOWN_CAKE)
  private fun schedule(constraints: Constraints, bytes: Long) {
    val job =
      JobInfo.Builder(UploadNotification.ID, ComponentName(context, UploadJobService::class.java))
        .setUserInitiated(true)
        .setRequiredNetwork(networkFor(constraints))
        .setRequiresCharging(constraints.charging)
        .setEstimatedNetworkBytes(0, bytes)
        .build()
    val result = jobs.schedule(job)
    if (result != JobScheduler.RESULT_SUCCESS) Log.i(TAG, "Parts wait until the app is opened.")
  }

  private fun networkFor(constraints: Constraints): NetworkRequest {
    val request =
      NetworkRequest.Builder()
        .addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
        .addCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED)
        // A request excludes VPNs unless told otherwise.
        .removeCapability(NetworkCapabilities.NET_CAPABILITY_NOT_VPN)
    if (constraints.unmetered) request.addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
    if (constraints.notRoaming && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
      request.addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_ROAMING)
    }
    return request.build()
  }

  private fun startService() {
    val intent = Intent(context, UploadForegroundService::class.java)
    try {
      if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) context.startForegroundService(intent)
      else context.startService(intent)
    } catch (refused: IllegalStateException) {
      Log.i(TAG, "Parts wait until the app is opened: ${refused.javaClass.simpleName}")
    }
  }
}
