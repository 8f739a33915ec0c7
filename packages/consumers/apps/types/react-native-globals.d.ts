// A global that the types of React Native bring; the Expo example is checked against the real ones.
interface AbortSignal {
  readonly aborted: boolean
}
