package com.s3bguploader

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.os.Build

/** What people see while parts are sent. The app's words are kept, since it may be dead by then. */
internal class UploadNotification(private val context: Context) {
  private val notifications = context.getSystemService(NotificationManager::class.java)
  private val words = context.getSharedPreferences("s3-bg-uploader", Context.MODE_PRIVATE)

  fun say(title: String, subtitle: String) {
    words.edit().putString(TITLE, title).putString(SUBTITLE, subtitle).apply()
  }

  /** For a notification that is shown already. */
  fun refresh() = notifications.notify(ID, build())

  fun build(): Notification =
    newBuilder()
      .setSmallIcon(android.R.drawable.stat_sys_upload)
      .setContentTitle(words.getString(TITLE, null) ?: appName())
      .setContentText(words.getString(SUBTITLE, null))
      .setContentIntent(openApp())
      .setCategory(Notification.CATEGORY_PROGRESS)
      .setOngoing(true)
      .setOnlyAlertOnce(true)
      .build()

  private fun newBuilder(): Notification.Builder {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.O) return builderBeforeO()
    val channel = NotificationChannel(CHANNEL, appName(), NotificationManager.IMPORTANCE_LOW)
    // Idempotent, and the name follows the language of the device.
    notifications.createNotificationChannel(channel)
    return Notification.Builder(context, CHANNEL)
  }

  @Suppress("DEPRECATION") private fun builderBeforeO() = Notification.Builder(context)

  private fun appName() = context.applicationInfo.loadLabel(context.packageManager)

  private fun openApp(): PendingIntent? =
    context.packageManager.getLaunchIntentForPackage(context.packageName)?.let {
      PendingIntent.getActivity(context, 0, it, PendingIntent.FLAG_IMMUTABLE)
    }

  companion object {
    const val ID = 0x53334247

    private const val CHANNEL = "s3-bg-uploader"
    private const val TITLE = "notification-title"
    private const val SUBTITLE = "notification-subtitle"
  }
}
