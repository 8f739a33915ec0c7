import { readFile } from 'node:fs/promises'
import type { Browser, CDPSession } from 'playwright-core'

/** Bytes of a page's heap: what scripts hold, and the memory of their array buffers. */
export async function heapOf(devTools: CDPSession): Promise<number> {
  const { usedSize, backingStorageSize } = await devTools.send('Runtime.getHeapUsage')
  return usedSize + backingStorageSize
}

/**
 * The most memory, in bytes, that any renderer of the browser ever had resident: code and shared
 * libraries included. Undefined where the system does not tell.
 */
export async function peakRendererMemory(browser: Browser): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const peaks = await Promise.all(renderers.map(({ id }) => peakOf(id)))
  return Math.max(...peaks)
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}
