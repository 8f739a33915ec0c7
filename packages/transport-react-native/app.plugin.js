// What `expo prebuild` has to do for this package. In app.json:
//   "plugins": ["@s3-bg-uploader/transport-react-native"]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { withBackgroundEvents } from './plugin/background-events.js'
import { withContinuedTask } from './plugin/continued-task.js'
import { withUploadPermissions } from './plugin/upload-permissions.js'

// By require: before Expo 58 the package `expo` had no exports that an import could resolve.
const plugins = createRequire(import.meta.url)('expo/config-plugins')
const manifest = new URL('./package.json', import.meta.url)
const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'))

function withS3BgUploader(config, options) {
  const prepared = withUploadPermissions(withBackgroundEvents(config, plugins), plugins)
  return options?.continuedTask === true ? withContinuedTask(prepared, plugins) : prepared
}

// biome-ignore lint/style/noDefaultExport: Expo looks for it.
export default plugins.createRunOncePlugin(withS3BgUploader, name, version)
