/** The two things that the spec takes from React Native, so that building needs no installation of it. */
declare module 'react-native' {
  export interface TurboModule {}
  export const TurboModuleRegistry: { getEnforcing<T extends TurboModule>(name: string): T }
  // biome-ignore lint/style/noNamespace: as React Native exports it.
  export namespace CodegenTypes {
    type EventEmitter<T> = (handler: (event: T) => void | Promise<void>) => { remove(): void }
  }
}
