import type { Uploader } from '@s3-bg-uploader/core'
import { act } from '@testing-library/react'
import type { ReactElement } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  UploaderProvider,
  useSnapshot,
  useTransfer,
  useUpload,
  useUploader,
  useUploads,
} from '../../src/index.ts'
import { type TestFile, World } from '../support/world.ts'

function Page({ id }: { readonly id: string }): ReactElement {
  const uploader = useUploader()
  const names = useUploads().map((upload) => upload.getSnapshot().name)
  const trip = useTransfer('trip')
  const one = useUpload(id)
  const all = useSnapshot(uploader)
  return (
    <section>
      <button type="button" disabled={uploader === undefined}>
        Add
      </button>
      <p>{names.join() || 'nothing'}</p>
      <p>{trip?.uploads ?? 'no trip'}</p>
      <p>{one?.name ?? 'no video'}</p>
      <p>{all?.totalBytes ?? 'no bytes'}</p>
    </section>
  )
}

export function serverCases(): void {
  let world: World
  let uploader: Uploader<TestFile>
  let id: string
  const page = (provided: Uploader<TestFile> | undefined): ReactElement => (
    <UploaderProvider uploader={provided}>
      <Page id={id} />
    </UploaderProvider>
  )
  beforeEach(async () => {
    world = new World()
    uploader = await world.uploader()
    const upload = await uploader.uploadFile('video.mp4', { transferId: 'trip' })
    id = upload.id
    return () => uploader.close()
  })

  describe('on a server', () => {
    test('the page is there, without uploads', () => {
      const html = renderToString(page(undefined))
      expect(html).toContain('disabled=""')
      expect(html).toContain('nothing')
      expect(html).toContain('no trip')
      expect(html).toContain('no video')
      expect(html).toContain('no bytes')
    })

    test('it is the same page where an uploader is there already', () => {
      expect(renderToString(page(uploader))).toBe(renderToString(page(undefined)))
    })
  })

  describe('hydration', () => {
    test.each([
      { moment: 'before', early: true },
      { moment: 'after', early: false },
    ])('finds what the server sent, with an uploader that is there $moment', async ({ early }) => {
      const complaints = vi.spyOn(console, 'error')
      const container = document.createElement('div')
      container.innerHTML = renderToString(page(undefined))
      const section = container.firstElementChild
      const recovered: unknown[] = []
      const root = await act(async () =>
        hydrateRoot(container, page(early ? uploader : undefined), {
          onRecoverableError: (error) => recovered.push(error),
        }),
      )
      if (!early) await act(async () => root.render(page(uploader)))
      expect(container.textContent).toBe('Addvideo.mp41video.mp4100')
      expect(container.querySelector('button')?.disabled).toBe(false)
      // The server's elements are still there: nothing was thrown away and rendered anew.
      expect(container.firstElementChild).toBe(section)
      expect(recovered).toEqual([])
      expect(complaints).not.toHaveBeenCalled()
      complaints.mockRestore()
      await act(async () => root.unmount())
    })
  })
}
