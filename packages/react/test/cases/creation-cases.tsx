import { UploadError, type UploaderOptions } from '@s3-bg-uploader/core'
import { render } from '@testing-library/react'
import { Component, type ReactElement, type ReactNode, StrictMode } from 'react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useUploader } from '../../src/index.ts'
import { AccountUploads } from '../support/account-uploads.tsx'
import { ExclusiveStore } from '../support/exclusive-store.ts'
import { acted, Watcher } from '../support/render.tsx'
import { type TestFile, World } from '../support/world.ts'

/** Shows the code of what was thrown below it. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly code?: string }> {
  override state: { readonly code?: string } = {}

  static getDerivedStateFromError(error: UploadError): { readonly code: string } {
    return { code: error.code }
  }

  override render(): ReactNode {
    return this.state.code ?? this.props.children
  }
}

export function creationCases(): void {
  let world: World
  let store: ExclusiveStore
  let optionsOf: (account: string) => UploaderOptions<TestFile>
  /** Whether the components saw an uploader, render by render. */
  let seen: boolean[]
  beforeEach(() => {
    world = new World()
    store = new ExclusiveStore()
    seen = []
    optionsOf = (account) => ({ ...world.options(), store: store.open(account) })
  })

  const tree = (account: string): ReactElement => (
    <StrictMode>
      <Boundary>
        <AccountUploads account={account} optionsOf={optionsOf}>
          <Watcher hook={() => seen.push(useUploader() !== undefined)} />
        </AccountUploads>
      </Boundary>
    </StrictMode>
  )
  // Opening and closing take some macrotasks, and no time.
  const settled = (): Promise<void> => acted(() => world.advance(0)).then(() => world.advance(0))

  describe('the pattern of the README, in strict mode', () => {
    test('shows the tree at once, and has the uploader when it is there', async () => {
      const { unmount } = render(tree('ann'))
      expect(seen.length).toBeGreaterThan(0)
      expect(seen).not.toContain(true)
      await settled()
      expect(seen.at(-1)).toBe(true)
      unmount()
      await settled()
    })

    test('creates one, and closes it when it is unmounted', async () => {
      const { unmount } = render(tree('ann'))
      await settled()
      expect(store.log).toEqual(['open ann'])
      unmount()
      await settled()
      expect(store.log).toEqual(['open ann', 'close ann'])
    })

    test('closes one before it creates the next', async () => {
      const { rerender, unmount } = render(tree('ann'))
      await settled()
      rerender(tree('bob'))
      expect(seen.at(-1)).toBe(false)
      await settled()
      expect(store.log).toEqual(['open ann', 'close ann', 'open bob'])
      expect(seen.at(-1)).toBe(true)
      unmount()
      await settled()
    })

    test('creates none where the component is gone before its turn', async () => {
      const { unmount } = render(tree('ann'))
      unmount()
      await settled()
      expect(store.log).toEqual([])
    })

    test('throws to the next error boundary what createUploader throws', async () => {
      // React writes what reaches a boundary to the console, too.
      const written = vi.spyOn(console, 'error').mockImplementation(() => {})
      optionsOf = () => ({
        ...world.options(),
        store: {
          read: async () => {
            throw new UploadError('store_locked', 'Another tab has it')
          },
          write: async () => {},
          close: async () => {},
        },
      })
      const { container, unmount } = render(tree('ann'))
      await settled()
      expect(container.textContent).toBe('store_locked')
      unmount()
      await settled()
      written.mockRestore()
    })
  })
}
