#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)

// The file is linked before anything is built, so a checkout without a build must say what to do.
if (existsSync(main)) {
  await import(main.href)
} else {
  console.error('error: s3-bg-uploader is not built yet')
  console.error('hint: run "npm run build" at the root of the checkout')
  process.exitCode = 1
}
