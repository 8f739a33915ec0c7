package com.s3bguploader

import com.s3bguploader.engine.ConnectionFactory

/** What keeps the process alive while parts are sent: a job, or before API 34 a service. */
internal interface Worker : ConnectionFactory {
  /** Whether there is a point in keeping the device awake. */
  fun keepAwake(needed: Boolean)

  /** There is nothing left to do. From any thread. */
  fun finish()
}
