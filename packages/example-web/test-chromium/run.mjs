// Runs the tests of this folder in a real Chromium: npm run test:browser --prefix packages/example-web
import { runTests } from '@s3-bg-uploader/chromium/run-tests'

runTests(new URL('vitest.config.ts', import.meta.url))
