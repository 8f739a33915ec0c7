import { describe, expect, test, vi } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { reportToConsole, systemPlatform } from '../../src/runtime/system.ts'

describe('what every runtime has', () => {
  const { clock, random, network, fetch } = systemPlatform(() => {})

  test('is a clock that never goes back, also where there is only one that is set', () => {
    const before = clock.now()
    const wall = vi.spyOn(Date, 'now')
    vi.stubGlobal('performance', undefined)
    try {
      wall.mockReturnValue(before + 2)
      expect(clock.now()).toBe(before + 2)
      wall.mockReturnValue(before - 1000)
      expect(clock.now()).toBe(before + 2)
    } finally {
      vi.unstubAllGlobals()
      wall.mockRestore()
    }
    expect(Math.abs(clock.wall() - Date.now())).toBeLessThan(60_000)
  })

  test('is timers, however long, that can be stopped', async () => {
    const rung: string[] = []
    await new Promise<void>((resolve) => {
      clock.setTimer(() => rung.push('stopped'), 0)()
      // One that does not fit into 31 bits must not ring at once.
      const stop = clock.setTimer(() => rung.push('long'), 2 ** 40)
      clock.setTimer(() => {
        stop()
        resolve()
      }, 0.5)
    })
    expect(rung).toEqual([])
  })

  test('is random numbers from 0 to below 1', () => {
    const draws = Array.from({ length: 100 }, () => random.draw('retry'))
    for (const draw of draws) expect(draw >= 0 && draw < 1).toBe(true)
    expect(new Set(draws).size).toBeGreaterThan(90)
  })

  test('is taken to be online, and never tells otherwise', () => {
    const stop = network.subscribe(() => {
      throw new Error('nothing changes')
    })
    expect(network.isOnline()).toBe(true)
    stop()
  })

  test('is fetch, and where there is none that is said', async () => {
    const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('here'))
    const request = { method: 'POST', headers: {}, body: '', redirect: 'manual' } as const
    const { signal } = new AbortController()
    try {
      const response = await fetch('https://backend.test/', { ...request, signal })
      expect(await response.text()).toBe('here')
      vi.stubGlobal('fetch', undefined)
      expect(() => fetch('https://backend.test/', { ...request, signal })).toThrow('no fetch')
    } finally {
      vi.unstubAllGlobals()
      sent.mockRestore()
    }
  })
})

test('a problem that nobody asked to hear of is told with what to do and where to read on', () => {
  const write = vi.spyOn(console, 'error').mockImplementation(() => {})
  const cause = new Error('ENOSPC')
  const problem = new UploadError('store_failed', 'The journal could not be written', { cause })
  try {
    reportToConsole(problem)
    expect(write.mock.calls).toEqual([[expect.any(String), cause]])
    const [text] = write.mock.calls[0] ?? []
    for (const part of ['store_failed', problem.message, problem.hint, problem.docs]) {
      expect(text).toContain(part)
    }
  } finally {
    write.mockRestore()
  }
})
