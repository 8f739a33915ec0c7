/**
 * Text without the character 0, where the native side of some libraries ends a string: expo-sqlite
 * and React Native's bridge on iOS. Texts without it, which are nearly all, stay as they are.
 */
export function toStorable(text: string): string {
  return text.replaceAll('\u0001', '\u0001b').replaceAll('\0', '\u0001a')
}

export function fromStorable(text: string): string {
  return text.replaceAll('\u0001a', '\0').replaceAll('\u0001b', '\u0001')
}
