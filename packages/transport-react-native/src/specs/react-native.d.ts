/** The few things that are taken from React Native, so that building needs no installation of it. */
declare module 'react-native' {
  export interface TurboModule {}
  export const AppRegistry: {
    registerHeadlessTask(key: string, provider: () => (data: unknown) => Promise<void>): void
  }
  export const TurboModuleRegistry: { getEnforcing<T extends TurboModule>(name: string): T }
  // biome-ignore lint/style/noNamespace: as React Native exports it.
  export namespace CodegenTypes {
    type EventEmitter<T> = (handler: (event: T) => void | Promise<void>) => { remove(): void }
  }
}
