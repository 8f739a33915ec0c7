const { resolve } = require('node:path')

module.exports = {
  mode: 'production',
  entry: './page.js',
  output: { path: resolve(__dirname, 'webpack'), publicPath: './' },
  performance: { hints: false },
  // As many apps have it: it warns of maps whose sources are missing.
  devtool: 'source-map',
  module: { rules: [{ test: /\.js$/, enforce: 'pre', use: 'source-map-loader' }] },
}
