const IMPORT = 'import S3BgUploader'
const CALL = 'S3BgUploaderBackground.handleEvents(forSession:'

const OVERRIDE = `  // A background URLSession has results. Those of the uploader are not passed on: Expo calls the
  // completion handler only after all of its subscribers did, and some keep it for sessions they do not own.
  public override func application(
    _ application: UIApplication,
    handleEventsForBackgroundURLSession identifier: String,
    completionHandler: @escaping () -> Void
  ) {
    if ${CALL} identifier, completionHandler: completionHandler) {
      return
    }
    super.application(
      application,
      handleEventsForBackgroundURLSession: identifier,
      completionHandler: completionHandler
    )
  }
`

/** The method where the app has it already, with the names that it gives to its parameters. */
const METHOD =
  /handleEventsForBackgroundURLSession\s+(\w+)\s*:\s*String\s*,\s*completionHandler(?:\s+(\w+))?\s*:\s*@escaping\s*\(\s*\)\s*->\s*(?:Void|\(\s*\))\s*\)\s*\{\n/

/**
 * AppDelegate.swift with the call that hands the results of the background session to the uploader.
 * A file that has the call stays as it is.
 *
 * @throws Error when there is no class in it that extends ExpoAppDelegate.
 */
export function withBackgroundEventsHandled(source) {
  if (source.includes(CALL)) return source
  return withImport(withCall(source))
}

function withImport(source) {
  if (source.includes(IMPORT)) return source
  const imports = [...source.matchAll(/^(?:internal |public )?import \w+.*\n/gm)]
  const last = imports.at(-1)
  const at = last === undefined ? 0 : last.index + last[0].length
  return `${source.slice(0, at)}${IMPORT}\n${source.slice(at)}`
}

function withCall(source) {
  const method = METHOD.exec(source)
  if (method !== null) {
    const [, identifier, completionHandler = 'completionHandler'] = method
    const at = method.index + method[0].length
    const call = `    if ${CALL} ${identifier}, completionHandler: ${completionHandler}) {\n      return\n    }\n`
    return `${source.slice(0, at)}${call}${source.slice(at)}`
  }
  const opening = /class\s+\w+\s*:[^{]*\bExpoAppDelegate\b[^{]*\{\n/.exec(source)
  if (opening === null) {
    throw new Error(
      'There is no class in AppDelegate.swift that extends ExpoAppDelegate. ' +
        'Hand the results over by hand: see ios/README.md of this package.',
    )
  }
  const at = opening.index + opening[0].length
  return `${source.slice(0, at)}${OVERRIDE}\n${source.slice(at)}`
}
