package com.s3bguploader

import com.facebook.react.bridge.Arguments
import com.facebook.react.bridge.ReadableArray
import com.facebook.react.bridge.ReadableMap
import com.facebook.react.bridge.WritableMap
import com.s3bguploader.engine.Answer
import com.s3bguploader.engine.Constraints
import com.s3bguploader.engine.FileFacts
import com.s3bguploader.engine.FileRef
import com.s3bguploader.engine.PartTask
import com.s3bguploader.engine.TaskStatus

/** Values as they cross the bridge: src/specs/NativeS3BgUploader.ts. */
internal fun fileRefOf(map: ReadableMap) =
  FileRef(map.text("path"), map.whole("size"), map.whole("lastModified"))

internal fun tasksOf(array: ReadableArray): List<PartTask> =
  (0 until array.size()).map { taskOf(checkNotNull(array.getMap(it)) { "a task is missing" }) }

internal fun idsOf(array: ReadableArray): List<String> =
  (0 until array.size()).map { checkNotNull(array.getString(it)) { "an id is missing" } }

internal fun constraintsOf(map: ReadableMap) =
  Constraints(map.getBoolean("unmetered"), map.getBoolean("notRoaming"), map.getBoolean("charging"))

internal fun toMap(facts: FileFacts): WritableMap =
  Arguments.createMap().apply {
    putString("name", facts.name)
    putDouble("size", facts.size.toDouble())
    putDouble("lastModified", facts.lastModified.toDouble())
  }

internal fun toMap(status: TaskStatus): WritableMap =
  Arguments.createMap().apply {
    putString("id", status.id)
    when (status) {
      is TaskStatus.Waiting -> putString("state", "waiting")
      is TaskStatus.Running -> {
        putString("state", "running")
        putDouble("sentBytes", status.sentBytes.toDouble())
      }
      is TaskStatus.Answered -> {
        putString("state", "answered")
        putAnswer(status.answer)
      }
      is TaskStatus.Broken -> {
        putString("state", "broken")
        putString("code", status.code)
        putString("message", status.message)
      }
    }
  }

private fun WritableMap.putAnswer(answer: Answer) {
  putDouble("status", answer.status.toDouble())
  val headers = Arguments.createArray()
  for (header in answer.headers) {
    val pair = Arguments.createMap()
    pair.putString("name", header.name)
    pair.putString("value", header.value)
    headers.pushMap(pair)
  }
  putArray("headers", headers)
  if (answer.body.isNotEmpty()) putString("body", answer.body)
}

private fun taskOf(map: ReadableMap) =
  PartTask(
    id = map.text("id"),
    url = map.text("url"),
    file = fileRefOf(checkNotNull(map.getMap("file")) { "file is missing" }),
    start = map.whole("start"),
    end = map.whole("end"),
  )

private fun ReadableMap.text(name: String) = checkNotNull(getString(name)) { "$name is missing" }

private fun ReadableMap.whole(name: String) = getDouble(name).toLong()
