package com.s3bguploader

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import com.s3bguploader.engine.DeviceState

/** Tells what the device offers, for as long as the process lives. */
internal class DeviceWatch(
  private val context: Context,
  private val onChange: (DeviceState) -> Unit,
) {
  private val connectivity = context.getSystemService(ConnectivityManager::class.java)
  private val battery = context.getSystemService(BatteryManager::class.java)

  @Volatile
  private var capabilities: NetworkCapabilities? =
    connectivity.getNetworkCapabilities(connectivity.activeNetwork)

  fun now(): DeviceState {
    val network = capabilities
    return DeviceState(
      online = network?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) ?: false,
      unmetered = network?.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) ?: false,
      notRoaming = network?.let(::isHome) ?: false,
      charging = battery.isCharging,
    )
  }

  fun begin() {
    connectivity.registerDefaultNetworkCallback(
      object : ConnectivityManager.NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, now: NetworkCapabilities) = note(now)

        override fun onLost(network: Network) = note(null)
      }
    )
    val charging =
      object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) = onChange(now())
      }
    // Not those about the plug: charging begins some time after it is in.
    val filter = IntentFilter(BatteryManager.ACTION_CHARGING)
    filter.addAction(BatteryManager.ACTION_DISCHARGING)
    context.registerReceiver(charging, filter)
    onChange(now())
  }

  private fun note(network: NetworkCapabilities?) {
    capabilities = network
    onChange(now())
  }

  private fun isHome(network: NetworkCapabilities): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
      network.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_ROAMING)
    } else {
      isHomeBeforeP()
    }

  @Suppress("DEPRECATION")
  private fun isHomeBeforeP(): Boolean = connectivity.activeNetworkInfo?.isRoaming == false
}
