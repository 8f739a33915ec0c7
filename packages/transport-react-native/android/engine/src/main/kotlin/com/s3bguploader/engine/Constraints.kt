package com.s3bguploader.engine

/** What the device must offer before anything is sent. */
data class Constraints(
  val unmetered: Boolean = false,
  val notRoaming: Boolean = false,
  val charging: Boolean = false,
) {
  /** Without a network, nothing is known about it that could break a constraint. */
  fun brokenBy(device: DeviceState): Boolean =
    (charging && !device.charging) ||
      (device.online && ((unmetered && !device.unmetered) || (notRoaming && !device.notRoaming)))
}

/** What the device offers now. */
data class DeviceState(
  val online: Boolean,
  val unmetered: Boolean,
  val notRoaming: Boolean,
  val charging: Boolean,
)
