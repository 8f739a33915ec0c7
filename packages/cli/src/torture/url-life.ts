/**
 * Milliseconds until a part URL expires, negative once it has, by the clock of this process, which is
 * also that of the backend. Read independently of the uploader, which is under test.
 *
 * @throws Error where the URL does not tell.
 */
export function urlLifeLeft(url: string): number {
  const [, day, time, seconds] =
    /[?&]X-Amz-Date=(\d{8})T(\d{6})Z&X-Amz-Expires=(\d+)/.exec(url) ?? []
  if (day === undefined || time === undefined) throw new Error(`No expiry in ${url.split('?')[0]}`)
  const date = day.replace(/^(....)(..)/, '$1-$2-')
  const signedAt = Date.parse(`${date}T${time.replace(/^(..)(..)/, '$1:$2:')}Z`)
  return signedAt + Number(seconds) * 1000 - Date.now()
}
