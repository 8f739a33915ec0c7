import { type ReactElement, useEffect, useState } from 'react'
import { duration } from '../text/quantities.ts'

/** Says how long it is until then, second by second. */
export function Countdown({ until }: { readonly until: number }): ReactElement {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = (until - now) / 1000
  return <span className="countdown">{seconds > 0 ? ` in ${duration(seconds)}.` : ' now.'}</span>
}
