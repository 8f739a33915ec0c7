/** A parameter of this page's URL. */
export function pageParam(name: string): string {
  const value = new URLSearchParams(location.search).get(name)
  if (value === null) throw new Error(`The page needs the parameter ${name}`)
  return value
}
