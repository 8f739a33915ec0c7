import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'
import { uploadBackend } from './server/upload-backend.ts'

// Git ignores it. What is uploaded to the demo stays until this folder is deleted.
const storage = fileURLToPath(new URL('../../.tmp/demo-web', import.meta.url))

export default defineConfig({
  plugins: [react(), uploadBackend({ dir: storage, basePath: '/api' })],
  // The page runs on the sources of the other packages, without a build of theirs.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
})
