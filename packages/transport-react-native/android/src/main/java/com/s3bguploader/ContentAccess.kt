package com.s3bguploader

import android.content.ContentResolver
import android.content.Intent
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.DocumentsContract.Document
import android.provider.MediaStore.MediaColumns
import android.provider.OpenableColumns
import com.s3bguploader.engine.FailureCode
import com.s3bguploader.engine.FileAccess
import com.s3bguploader.engine.FileFacts
import com.s3bguploader.engine.OpenFile
import com.s3bguploader.engine.PathAccess
import com.s3bguploader.engine.UploadFailure
import com.s3bguploader.engine.describe
import java.io.FileInputStream
import java.io.FileNotFoundException
import java.nio.ByteBuffer

/** Files by path or by `content://` URI. */
internal class ContentAccess(private val resolver: ContentResolver) : FileAccess {
  override fun open(path: String): OpenFile =
    if (isContent(path)) openContent(Uri.parse(path)) else PathAccess.open(path)

  /** Asks to keep reading a picked file after the process that picked it is gone. */
  fun keepReadable(path: String) {
    if (!isContent(path)) return
    try {
      val uri = Uri.parse(path)
      resolver.takePersistableUriPermission(uri, Intent.FLAG_GRANT_READ_URI_PERMISSION)
    } catch (_: SecurityException) {
      // Whoever gave it out does not let it be kept. While the process lives it can be read.
    }
  }

  private fun isContent(path: String) = path.startsWith("content://")

  private fun openContent(uri: Uri): OpenFile {
    val descriptor =
      askingProvider { resolver.openFileDescriptor(uri, "r") }
        ?: throw unreadable("its provider gave nothing")
    if (descriptor.statSize < 0) {
      descriptor.close()
      throw UploadFailure(FailureCode.FILE_NOT_REGULAR, "The provider streams it without a size.")
    }
    return ContentFile(uri, descriptor)
  }

  private inner class ContentFile(
    private val uri: Uri,
    private val descriptor: ParcelFileDescriptor,
  ) : OpenFile {
    private val stream = FileInputStream(descriptor.fileDescriptor)

    override fun facts(): FileFacts = askingProvider {
      val fallback = uri.lastPathSegment ?: "file"
      resolver.query(uri, null, null, null, null).use { row ->
        if (row == null || !row.moveToFirst()) {
          return@askingProvider FileFacts(fallback, descriptor.statSize, -1)
        }
        fun <T> column(name: String, read: (Int) -> T): T? =
          row.getColumnIndex(name).takeIf { it >= 0 && !row.isNull(it) }?.let(read)

        val name = column(OpenableColumns.DISPLAY_NAME, row::getString) ?: fallback
        val lastModified =
          column(Document.COLUMN_LAST_MODIFIED, row::getLong)
            ?: column(MediaColumns.DATE_MODIFIED, row::getLong)?.let { it * 1000 }
            ?: -1
        FileFacts(name, descriptor.statSize, lastModified)
      }
    }

    override fun read(into: ByteBuffer, position: Long): Int = stream.channel.read(into, position)

    override fun close() {
      stream.close()
      descriptor.close()
    }
  }

  /** Providers are other apps, and throw what they like. */
  private fun <T> askingProvider(ask: () -> T): T =
    try {
      ask()
    } catch (failure: FileNotFoundException) {
      throw UploadFailure(FailureCode.FILE_NOT_FOUND, "Its provider does not have it.", failure)
    } catch (failure: RuntimeException) {
      throw unreadable(describe(failure), failure)
    }

  private fun unreadable(why: String, cause: Throwable? = null) =
    UploadFailure(FailureCode.FILE_UNREADABLE, "The file cannot be opened ($why).", cause)
}
