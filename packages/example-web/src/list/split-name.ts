/** As much of the end as tells two files apart. */
const TAIL = 10

/** A long name, cut before its last characters, as readers count them: no emoji is cut in two. */
export function splitName(name: string): readonly [start: string, end: string] {
  const characters = [...new Intl.Segmenter().segment(name)]
  if (characters.length <= 2 * TAIL) return [name, '']
  const at = characters.at(-TAIL)?.index
  return [name.slice(0, at), name.slice(at)]
}
