import { createRequire } from 'node:module'

// Import this before anything else, and the whole test file runs on React 18: the sources, the test
// library and React DOM 18 all ask for `react`, and are given what is in Node's cache.

const require = createRequire(import.meta.url)
const entries = {
  react: 'react18',
  'react/jsx-runtime': 'react18/jsx-runtime',
  'react/jsx-dev-runtime': 'react18/jsx-dev-runtime',
  'react-dom': 'react-dom18',
  'react-dom/client': 'react-dom18/client',
  'react-dom/server': 'react-dom18/server',
  'react-dom/test-utils': 'react-dom18/test-utils',
}

for (const [name, of18] of Object.entries(entries)) {
  require(of18)
  const loaded = require.cache[require.resolve(of18)]
  if (loaded === undefined) throw new Error(`${of18} was not loaded`)
  require.cache[require.resolve(name)] = loaded
}
