const PERMISSIONS = [
  // From API 34 the queue is a user-initiated data transfer job, before that a foreground service.
  'android.permission.RUN_USER_INITIATED_JOBS',
  'android.permission.FOREGROUND_SERVICE',
  // Its notification. The app asks for it; sending works without.
  'android.permission.POST_NOTIFICATIONS',
]

/** Android: what the queue needs, written down where the app's own manifest shows it. */
export function withUploadPermissions(config, { AndroidConfig }) {
  return AndroidConfig.Permissions.withPermissions(config, PERMISSIONS)
}
