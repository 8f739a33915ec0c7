import { expect, test } from 'vitest'
import { pageLifecycle } from '../../src/tabs/page-lifecycle.ts'

class PageEvent extends Event {
  readonly persisted: boolean

  constructor(type: string, persisted: boolean) {
    super(type)
    this.persisted = persisted
  }
}

function openPage() {
  const document = new EventTarget()
  const window = Object.assign(new EventTarget(), { document })
  const heard: boolean[] = []
  const stop = pageLifecycle(window).subscribe((frozen) => heard.push(frozen))
  return { window, document, heard, stop }
}

test('a page that is frozen in the background, and resumed', () => {
  const { document, heard } = openPage()
  document.dispatchEvent(new Event('freeze'))
  document.dispatchEvent(new Event('resume'))
  expect(heard).toEqual([true, false])
})

test('a page that goes into the back/forward cache, and returns', () => {
  const { window, heard } = openPage()
  window.dispatchEvent(new PageEvent('pagehide', true))
  window.dispatchEvent(new PageEvent('pageshow', true))
  expect(heard).toEqual([true, false])
})

test('a page that is shown for the first time or ends is no such page', () => {
  const { window, heard } = openPage()
  window.dispatchEvent(new PageEvent('pageshow', false))
  window.dispatchEvent(new PageEvent('pagehide', false))
  expect(heard).toEqual([])
})

test('nothing is heard after unsubscribing', () => {
  const { window, document, heard, stop } = openPage()
  stop()
  document.dispatchEvent(new Event('freeze'))
  window.dispatchEvent(new PageEvent('pagehide', true))
  expect(heard).toEqual([])
})

test('where there is no page nothing is told', () => {
  const heard: boolean[] = []
  const stop = pageLifecycle({}).subscribe((frozen) => heard.push(frozen))
  const worker = new EventTarget()
  pageLifecycle(worker).subscribe((frozen) => heard.push(frozen))
  worker.dispatchEvent(new Event('freeze'))
  stop()
  expect(heard).toEqual([])
})
