import type { Device } from './device.ts'
import type { SimUser } from './sim-user.ts'
import type { World } from './world.ts'

/** Most things that go wrong go wrong soon. */
const SOON = 3

/** Sets the alarms for what the plan has in store. */
export function scheduleTrouble(world: World, device: Device, user: SimUser): void {
  const { plan, random, clock } = world
  const sometime = (what: () => void): void => {
    const at = random.draw('trouble.at') ** SOON * plan.chaosMs
    clock.setTimer(() => {
      if (!world.healthy) what()
    }, at)
  }
  const often = (name: string, most: number, what: () => void): void => {
    const times = random.between(`trouble.${name}`, 1, most)
    for (let time = 0; time < times; time += 1) sometime(what)
  }
  const later = (name: string, most: number, what: () => void): void => {
    clock.setTimer(what, random.draw(name) ** SOON * most)
  }

  for (const fault of ['offline', 'dead-network'] as const) {
    if (!world.has(fault)) continue
    often(fault, 3, () => {
      world.reach(fault)
      device.network.goDown(fault === 'offline')
      later('trouble.downtime', 300_000, () => device.network.comeUp())
    })
  }
  if (world.has('outage')) {
    often('outage', 2, () => {
      const server = random.pick('trouble.outage', ['storage', 'storage', 'backend'] as const)
      world.note(server, () => 'answers nothing but errors')
      world.reach('outage')
      world.outage = server
      later('trouble.repaired', 900_000, () => {
        world.outage = undefined
      })
    })
  }
  if (world.has('pause')) {
    often('pause', 4, () => {
      user.buttons.pauseSome()
      world.reach('paused')
      later('trouble.paused', 60_000, () => user.buttons.resumeAll())
    })
  }
  if (world.has('cancel')) often('cancel', 2, () => user.buttons.cancelSome())
  if (world.has('crash')) often('crash', 3, () => user.crash())
  if (world.has('reopen')) often('reopen', 2, () => user.reopen())
  if (world.has('second-process')) often('second', 3, () => user.startAgain())
  if (world.has('corrupt-record')) {
    often('corrupt', 2, () => {
      user.crash()
      user.damage()
    })
  }
  if (world.has('freeze')) {
    often('freeze', 2, () => {
      const ms = random.pick('trouble.freezes', [1_000, 60_000, 3_600_000])
      world.note('system', () => `freezes the process for ${ms} ms`)
      world.reach('frozen')
      user.client?.freeze(ms)
    })
  }
  if (world.has('clock-jump')) {
    often('jump', 3, () => {
      const ms = random.pick('trouble.jumps', [-86_400_000, -3_600_000, -1_000, 3_600_000])
      world.note('system', () => `sets the clock by ${ms} ms`)
      world.reach('clock set')
      world.deviceAheadMs += ms
    })
  }
  for (const file of device.files.values()) {
    if (world.has('file-change') && random.chance('trouble.changes', 0.5)) {
      often('change', 3, () => {
        file.change()
        world.reach('file changed')
      })
    }
    if (world.has('file-vanish') && random.chance('trouble.vanishes', 0.5)) {
      sometime(() => {
        world.note('file', () => `${file.plan.name} vanishes`)
        world.reach('file vanished')
        file.exists = false
        later('trouble.vanished', 60_000, () => {
          file.exists = true
        })
      })
    }
  }
}
