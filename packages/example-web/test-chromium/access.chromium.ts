import { expect, test } from 'vitest'
import { MIB, testFile, visits } from './visit.ts'

const current = visits()

test('the keyboard alone pauses, resumes and cancels, and never loses its place', async () => {
  const { visit } = current
  const { page } = visit
  visit.fateOf = () => 'hold'
  await visit.add([testFile('holiday.mp4', 3 * MIB)])
  await visit.row('holiday.mp4').getByText('3 parts').waitFor()
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent)
  await page.getByRole('button', { name: 'Choose files' }).focus()
  const stops: unknown[] = []
  while (stops.at(-1) !== 'Pause holiday.mp4' && stops.length < 10) {
    await page.keyboard.press('Tab')
    stops.push(await focused())
  }
  expect(stops).toEqual(['Choose a folder', 'Pause all', 'Pause holiday.mp4'])
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Resume all' }).waitFor()
  expect(await focused()).toBe('Resume all')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Pause all' }).waitFor()
  expect(await focused()).toBe('Pause all')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Resume holiday.mp4' }).waitFor()
  expect(await focused()).toBe('Resume holiday.mp4')
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Pause holiday.mp4' }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Cancel holiday.mp4')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove from the list holiday.mp4' }).waitFor()
  // Its place is taken by what is left to do.
  expect(await focused()).toBe('Remove from the list holiday.mp4')
  await page.keyboard.press('Enter')
  await visit.row('holiday.mp4').waitFor({ state: 'detached' })
  expect(await focused()).toBe('No uploads')
})

test('who is on a button that goes, because the upload is over, is on the next one', async () => {
  const { visit } = current
  const { page } = visit
  let send = (): void => {}
  const sent = new Promise<'send'>((resolve) => {
    send = () => resolve('send')
  })
  visit.fateOf = () => sent
  await visit.add([testFile('holiday.mp4', MIB)])
  await page.getByRole('button', { name: 'Pause holiday.mp4' }).focus()
  send()
  const remove = page.getByRole('button', { name: 'Remove from the list holiday.mp4' })
  await remove.waitFor()
  expect(await remove.evaluate((button) => button === document.activeElement)).toBe(true)
})

test('what is focused by the keyboard is seen', async () => {
  const { page } = current.visit
  await page.keyboard.press('Tab')
  const outline = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body)
    return { outlineStyle, outlineWidth }
  })
  expect(outline).toEqual({ outlineStyle: 'solid', outlineWidth: '2px' })
})

test('screen readers hear of progress when they ask, and of changes by themselves', async () => {
  const { visit } = current
  const { page } = visit
  visit.fateOf = (partNumber) => (partNumber > 1 ? 'hold' : 'send')
  const file = testFile('holiday.mp4', 4 * MIB)
  await visit.add([file])
  await visit.row(file.name).getByText('1 confirmed').waitFor()
  const bar = page.getByRole('progressbar', { name: 'Upload of holiday.mp4' })
  expect(await bar.getAttribute('aria-valuenow')).toBe('25')
  expect(await bar.getAttribute('aria-valuetext')).toMatch(/^Uploading, 25 %/)
  const region = page.locator('output[aria-live="polite"]')
  await page.getByRole('button', { name: 'Pause holiday.mp4' }).click()
  await region.getByText('holiday.mp4: Paused').waitFor()
  visit.fateOf = () => 'send'
  await page.getByRole('button', { name: 'Resume holiday.mp4' }).click()
  await region.getByText('holiday.mp4: Done').waitFor()
})

test('every button has a name, and rows name their file', async () => {
  const { visit } = current
  const { page } = visit
  visit.fateOf = () => 'hold'
  await visit.add([testFile('a.bin', 2 * MIB), testFile('b.bin', 2 * MIB)])
  await visit.row('a.bin').getByText('2 parts').waitFor()
  await visit.row('b.bin').getByText('2 parts').waitFor()
  const snapshot = await page.locator('main').ariaSnapshot()
  expect(snapshot).not.toMatch(/- button\s*$/m)
  for (const name of ['a.bin', 'b.bin']) {
    expect(snapshot).toContain(`button "Pause ${name}"`)
    expect(snapshot).toContain(`button "Cancel ${name}"`)
    expect(snapshot).toContain(`button "2 parts of ${name}"`)
  }
})

test('nothing is wider than the smallest phone, and long names give way in the middle', async () => {
  const { visit } = current
  const { page } = visit
  visit.fateOf = () => 'hold'
  await page.setViewportSize({ width: 360, height: 640 })
  await visit.add([testFile(`${'long'.repeat(40)}-final.mp4`, 4 * MIB)])
  await page.getByText('4 parts').waitFor()
  const sizes = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const name = document.querySelector('.file-name')?.getBoundingClientRect()
    const end = document.querySelector('.file-name > :last-child')?.getBoundingClientRect()
    return { scrollWidth, clientWidth, nameEnd: name?.right, shownEnd: end?.right }
  })
  expect(sizes.scrollWidth).toBe(sizes.clientWidth)
  expect(sizes.shownEnd).toBeLessThanOrEqual(360)
  expect(sizes.shownEnd).toBe(sizes.nameEnd)
})
