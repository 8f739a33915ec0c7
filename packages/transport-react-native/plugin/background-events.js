import { withBackgroundEventsHandled } from './app-delegate.js'

/** iOS: the app delegate hands the results of the background session to the uploader. */
export function withBackgroundEvents(config, { withAppDelegate }) {
  return withAppDelegate(config, (mod) => {
    const { language, contents } = mod.modResults
    if (language !== 'swift') {
      throw new Error(
        'The app delegate is not written in Swift. ' +
          'Hand the results over by hand: see ios/README.md of this package.',
      )
    }
    mod.modResults.contents = withBackgroundEventsHandled(contents)
    return mod
  })
}
