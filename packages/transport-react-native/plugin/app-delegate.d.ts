/**
 * AppDelegate.swift with the call that hands the results of the background session to the uploader.
 *
 * @throws Error when there is no class in it that extends ExpoAppDelegate.
 */
export declare function withBackgroundEventsHandled(source: string): string
