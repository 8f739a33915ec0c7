/** iOS 26: names the task that keeps the app running while it uploads. See ios/README.md. */
export function withContinuedTask(config, { withInfoPlist }) {
  return withInfoPlist(config, (mod) => {
    const bundle = mod.ios?.bundleIdentifier
    if (bundle === undefined) {
      throw new Error(
        'continuedTask needs ios.bundleIdentifier: the name of the task begins with it.',
      )
    }
    const task = `${bundle}.s3bguploader`
    const permitted = mod.modResults.BGTaskSchedulerPermittedIdentifiers ?? []
    mod.modResults.S3BgUploaderContinuedTask = task
    mod.modResults.BGTaskSchedulerPermittedIdentifiers = [...new Set([...permitted, task])]
    return mod
  })
}
