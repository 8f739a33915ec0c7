import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appFolder } from '../app-folder.mjs'
import { nodeVersion, run } from '../run.mjs'

const REACT_NATIVE = '0.88.1'
const HERMESC = {
  linux: 'linux64-bin/hermesc',
  darwin: 'osx-bin/hermesc',
  win32: 'win64-bin/hermesc.exe',
}

/** A bare app of React Native, without Expo: bundled for both platforms, and compiled by Hermes. */
export const metro = {
  name: 'Metro',
  prepare: (world) =>
    appFolder(world, 'metro', ['core', 'react', 'transport-react-native'], {
      '@babel/core': '7.29.13',
      '@react-native/babel-preset': REACT_NATIVE,
      '@react-native/metro-config': REACT_NATIVE,
      metro: '0.87.1',
      react: '19.3.1',
      'react-native': REACT_NATIVE,
    }),
  async check(folder) {
    const sizes = []
    // Metro wants a Node that is newer than ours.
    const [npx, ...node] = nodeVersion(22)
    const hermesc = join(folder, 'node_modules/hermes-compiler/hermesc', HERMESC[process.platform])
    for (const platform of ['android', 'ios']) {
      await run(npx, [...node, 'build.cjs', platform], folder)
      const bundle = join(folder, `${platform}.js`)
      const text = readFileSync(bundle, 'utf8')
      for (const needed of ['getUploadUrlsApi', 'S3BgUploaderWake', 's3_bg_uploader_journal']) {
        if (!text.includes(needed)) throw new Error(`${platform}: ${needed} is not in the bundle`)
      }
      await run(hermesc, ['-w', '-emit-binary', '-out', `${platform}.hbc`, bundle], folder)
      sizes.push(`${platform} ${Math.round(text.length / 1000)} kB`)
    }
    return `React Native ${REACT_NATIVE}: ${sizes.join(', ')}`
  },
}
