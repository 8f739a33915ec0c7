package com.s3bguploader

import android.content.Context
import android.os.Handler
import android.os.Looper
import android.util.Log
import com.facebook.react.ReactApplication
import com.facebook.react.ReactHost
import com.facebook.react.ReactInstanceEventListener
import com.facebook.react.bridge.Arguments
import com.facebook.react.bridge.ReactContext
import com.facebook.react.common.LifecycleState
import com.facebook.react.jstasks.HeadlessJsTaskConfig
import com.facebook.react.jstasks.HeadlessJsTaskContext
import com.facebook.react.jstasks.HeadlessJsTaskEventListener

/**
 * Lets JavaScript deal with results while no screen of the app is open: starts it where it is dead,
 * and runs a headless task, without which its timers stand still. It needs no service of its own,
 * since a [Worker] keeps the process alive meanwhile. Everything happens on the main thread.
 */
internal class HeadlessWake(private val context: Context) {
  private val main = Handler(Looper.getMainLooper())
  private var onEnd: (() -> Unit)? = null
  private var endTask: () -> Unit = {}

  /**
   * Calls back when [finish] was called or time is up, and at once where there is no need; not at
   * all for a call while JavaScript is awake for an earlier one.
   */
  fun start(onEnd: () -> Unit) {
    main.post {
      val host = (context.applicationContext as? ReactApplication)?.reactHost
      when {
        // It is awake for earlier results, and the end of that is an end for these.
        this.onEnd != null -> Unit
        host == null || host.lifecycleState == LifecycleState.RESUMED -> onEnd()
        else -> {
          this.onEnd = onEnd
          main.postDelayed(timeUp, LONGEST_MS)
          withContext(host, ::runTask)
        }
      }
    }
  }

  /** The app has dealt with the results. */
  fun finish() {
    main.post(::end)
  }

  private val timeUp = Runnable(::end)

  private fun end() {
    main.removeCallbacks(timeUp)
    val tell = onEnd
    onEnd = null
    endTask()
    endTask = {}
    tell?.invoke()
  }

  private fun withContext(host: ReactHost, use: (ReactContext) -> Unit) {
    val running = host.currentReactContext
    if (running != null) return use(running)
    val listener =
      object : ReactInstanceEventListener {
        override fun onReactContextInitialized(context: ReactContext) {
          host.removeReactInstanceEventListener(this)
          main.post { if (onEnd != null) use(context) }
        }
      }
    host.addReactInstanceEventListener(listener)
    host.start()
  }

  private fun runTask(reactContext: ReactContext) {
    val tasks = HeadlessJsTaskContext.getInstance(reactContext)
    val config = HeadlessJsTaskConfig(TASK, Arguments.createMap(), LONGEST_MS, true)
    var id = -1
    val listener =
      object : HeadlessJsTaskEventListener {
        override fun onHeadlessJsTaskStart(taskId: Int) = Unit

        /** Also when the app registered no such task, or its promise has settled. */
        override fun onHeadlessJsTaskFinish(taskId: Int) {
          if (taskId == id) finish()
        }
      }
    tasks.addTaskEventListener(listener)
    try {
      id = tasks.startTask(config)
    } catch (gone: IllegalStateException) {
      // React Native is being torn down. The results wait for the next start of the app.
      Log.w(TAG, "JavaScript could not be woken: ${gone.javaClass.simpleName}")
      tasks.removeTaskEventListener(listener)
      return end()
    }
    endTask = {
      tasks.removeTaskEventListener(listener)
      if (tasks.isTaskRunning(id)) tasks.finishTask(id)
    }
  }

  private companion object {
    /** The key under which the app registers the task. */
    const val TASK = "S3BgUploaderWake"
    const val LONGEST_MS = 30_000L
  }
}
