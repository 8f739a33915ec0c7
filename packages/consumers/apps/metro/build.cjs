// Bundles the app as a release of React Native does, in the platform named.
const { loadConfig, runBuild } = require('metro')

const [platform] = process.argv.slice(2)
loadConfig({ config: 'metro.config.cjs', resetCache: true })
  .then((config) =>
    runBuild(config, {
      entry: 'index.js',
      platform,
      dev: false,
      minify: true,
      out: `${platform}.js`,
    }),
  )
  .catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
