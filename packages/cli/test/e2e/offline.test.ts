import { expect, test } from 'vitest'
import { Gate, resetDuring } from './faults.ts'
import { inStatus, SIZE } from './in-status.ts'
import { reach, startStack } from './stack.ts'
import { SwitchedNetwork } from './switched-network.ts'

test('offline from the start: nothing is sent until the network is there', async () => {
  const { stack, upload, network } = await inStatus('queued')
  expect(upload.getSnapshot().waitingFor).toEqual({ reason: 'network', until: undefined })
  await stack.turn()
  stack.clock.pass(300_000)
  await stack.turn()
  expect(stack.server.transcript).toEqual([])
  network.switch(true)
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('going offline stops nothing that is under way, and starts nothing new', async () => {
  const stack = await startStack()
  const network = new SwitchedNetwork(true)
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 2 })
  const upload = await stack.start(await stack.open({ platform: { network } }), SIZE)
  await reach(upload, ({ confirmedParts }) => confirmedParts === 3)
  network.switch(false)
  gate.open()
  // The platform may be wrong: what still arrives counts.
  await reach(upload, ({ confirmedParts }) => confirmedParts === 4)
  await stack.turn()
  expect(stack.server.requests('complete')).toEqual([])
  expect(upload.getSnapshot()).toMatchObject({
    status: 'completing',
    waitingFor: { reason: 'network' },
  })
  network.switch(true)
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('what breaks while offline is nobody’s failed attempt', async () => {
  const stack = await startStack()
  const network = new SwitchedNetwork(true)
  const uploader = await stack.open({ platform: { network } })
  stack.server.fail(
    'put',
    (exchange) => {
      network.switch(false)
      resetDuring(exchange)
    },
    { part: 2, times: 15 },
  )
  const upload = await stack.start(uploader, SIZE)
  const puts = () => stack.server.requests('put').filter(({ part }) => part === 2)
  for (let attempt = 1; attempt <= 15; attempt += 1) {
    await stack.server.until(() => puts().length === attempt)
    await reach(upload, ({ partsInFlight }) => partsInFlight === 0)
    expect(upload.getSnapshot()).toMatchObject({
      status: 'uploading',
      waitingFor: { reason: 'network' },
    })
    network.switch(true)
  }
  await stack.expectStored(await stack.finish(upload), SIZE)
  // No pause after any of them.
  expect(puts().map(({ at }) => at)).toEqual(Array(16).fill(0))
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})
