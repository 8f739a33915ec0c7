/** For commander: the values of an option that can be given more than once. */
export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}
