// Takes pictures of the page in its main states, at three widths, in light and dark:
//
//   node packages/example-web/scripts/screenshots.mjs [scene…]
//
// They go to .tmp/screenshots, which git ignores.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumArguments, findChromium } from '@s3-bg-uploader/chromium'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { scenes, sparseFiles } from './scenes.mjs'
import { StagedBackend } from './staged-backend.mjs'

const wanted = process.argv.slice(2)
if (!wanted.every((name) => name in scenes)) {
  console.error(`There are: ${Object.keys(scenes).join(', ')}`)
  process.exit(2)
}

const executablePath = findChromium()
if (executablePath === undefined) {
  console.log('No pictures: there is no Chromium. Set CHROMIUM_PATH to one.')
  process.exit(0)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = fileURLToPath(new URL('../../../.tmp/screenshots/', import.meta.url))
const temporary = await mkdtemp(join(tmpdir(), 's3-bg-uploader-screenshots-'))
const outDir = join(temporary, 'page')

await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } })
const server = await preview({ root, build: { outDir }, preview: { port: 0 } })
const browser = await chromium.launch({ executablePath, args: chromiumArguments })
try {
  await mkdir(pictures, { recursive: true })
  for (const [name, scene] of Object.entries(scenes)) {
    if (wanted.length === 0 || wanted.includes(name)) await shoot(name, scene)
  }
} finally {
  await browser.close()
  await server.close()
  await rm(temporary, { recursive: true, force: true })
}

async function shoot(name, scene) {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const backend = new StagedBackend()
  await backend.attach(context)
  const page = await context.newPage()
  context.on('weberror', (thrown) => console.error(`${name}: the page threw`, thrown.error()))
  // The native pickers cannot be driven; without them the page falls back to inputs.
  await context.addInitScript(() => {
    delete window.showOpenFilePicker
    delete window.showDirectoryPicker
  })
  await page.goto(server.resolvedUrls.local[0])
  await page.locator('button:enabled').first().waitFor()
  await scene({ page, context, backend, ...waysToAdd(page, name) })
  // A picture of the whole page shows also what nobody has scrolled to.
  await page.addStyleTag({ content: '.upload { content-visibility: visible }' })
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 768, 1280]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 800 })
      // Two frames: one to lay out, one to draw the grids for the new width.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      )
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (overflow > 0) console.error(`${name}: ${overflow} px too wide at ${width}`)
      await page.screenshot({
        path: join(pictures, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      })
    }
  }
  console.log(`${name}: ${pictures.split(sep).slice(-3).join('/')}${name}-*.png`)
  await context.close()
}

function waysToAdd(page, scene) {
  const add = async (sizes) => {
    const paths = await sparseFiles(join(temporary, scene), sizes)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose files' }).click()
    await (await chooser).setFiles(paths)
  }
  const addFolder = async (folder, sizes) => {
    await sparseFiles(join(temporary, scene, folder), sizes)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose a folder' }).click()
    const [top] = folder.split('/')
    await (await chooser).setFiles(join(temporary, scene, top))
  }
  /** A handle of the browser's own file system stands for one of the disk. */
  const addHandle = async (name, size) => {
    await page.evaluate(
      async ({ name, size }) => {
        const directory = await navigator.storage.getDirectory()
        const handle = await directory.getFileHandle(name, { create: true })
        const writable = await handle.createWritable()
        await writable.truncate(size)
        await writable.close()
        window.showOpenFilePicker = async () => [handle]
      },
      { name, size },
    )
    await page.getByRole('button', { name: 'Choose files' }).click()
  }
  return { add, addFolder, addHandle }
}
