import type { Uploader } from '@s3-bg-uploader/core'
import { act, render } from '@testing-library/react'
import { type ReactElement, StrictMode } from 'react'
import { UploaderProvider } from '../../src/index.ts'
import type { TestFile } from './world.ts'

/** What a hook answered in every render so far. */
export interface Watched<T> {
  readonly answers: readonly T[]
  readonly last: T
  readonly renders: number
  /** Renders the component once more, as a parent would. */
  again(uploader?: Uploader<TestFile>): void
  unmount(): void
}

/** A component that calls a hook and shows nothing. */
export function Watcher({ hook }: { readonly hook: () => unknown }): null {
  hook()
  return null
}

/** Watches a hook below a provider. */
export function watch<T>(
  hook: () => T,
  uploader: Uploader<TestFile> | undefined,
  options: { readonly strict?: boolean } = {},
): Watched<T> {
  const answers: T[] = []
  const tree = (provided: Uploader<TestFile> | undefined): ReactElement => {
    const below = (
      <UploaderProvider uploader={provided}>
        <Watcher hook={() => answers.push(hook())} />
      </UploaderProvider>
    )
    return options.strict ? <StrictMode>{below}</StrictMode> : below
  }
  const { rerender, unmount } = render(tree(uploader))
  return {
    answers,
    get last() {
      return answers.at(-1) as T
    },
    get renders() {
      return answers.length
    },
    again: (provided = uploader) => rerender(tree(provided)),
    unmount,
  }
}

/** Does something, and waits until React has rendered what came of it. */
export async function acted<T>(work: () => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined
  await act(async () => {
    result = { value: await work() }
  })
  if (result === undefined) throw new Error('act did not wait')
  return result.value
}
