import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'

type Announce = (text: string) => void

const AnnounceContext = createContext<Announce>(() => {})

/** Says something to screen readers, when they have said what they are saying. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext)
}

const GATHER_MS = 700
const MOST_AT_ONCE = 3

/** Gathers what is announced, so that two hundred files are not two hundred sentences. */
class Gathering {
  readonly #say: (text: string) => void
  #texts: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  add = (text: string): void => {
    this.#texts.push(text)
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS)
  }

  stop = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #flush(): void {
    const said = this.#texts.slice(0, MOST_AT_ONCE)
    const more = this.#texts.length - said.length
    if (more > 0) said.push(`And ${more} more changes.`)
    this.#texts = []
    this.#timer = undefined
    this.#say(said.join(' '))
  }
}

/** The live region of the page. */
export function Announcements({ children }: { readonly children: ReactNode }): ReactElement {
  const [text, setText] = useState('')
  const gathering = useMemo(() => new Gathering(setText), [])
  useEffect(() => gathering.stop, [gathering])
  return (
    <AnnounceContext value={gathering.add}>
      {children}
      <output className="visually-hidden" aria-live="polite">
        {text}
      </output>
    </AnnounceContext>
  )
}
