const REPOSITORY = 'https://github.com/s3-bg-uploader/s3-bg-uploader'

/** What a package.json lacks before strangers may see it, and which files the tarball lacks. */
export function manifestProblems(manifest, listing) {
  const folder = manifest.name.slice('@s3-bg-uploader/'.length)
  const wanted = {
    version: /^\d+\.\d+\.\d+/,
    description: /./,
    license: /^MIT$/,
    homepage: new RegExp(`^${REPOSITORY}/tree/main/packages/${folder}#readme$`),
    bugs: new RegExp(`^${REPOSITORY}/issues$`),
    'repository.url': new RegExp(`^git\\+${REPOSITORY}\\.git$`),
    'repository.directory': new RegExp(`^packages/${folder}$`),
    'engines.node': />=20/,
    type: /^module$/,
    sideEffects: /^false$/,
    'publishConfig.access': /^public$/,
    'keywords.0': /./,
  }
  const of = (path) => path.split('.').reduce((value, key) => value?.[key], manifest)
  const files = listing.split('\n')
  return [
    ...Object.entries(wanted)
      .filter(([path, pattern]) => !pattern.test(String(of(path) ?? '')))
      .map(([path]) => `package.json: ${path} is ${JSON.stringify(of(path))}`),
    ...['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts']
      .filter((file) => !files.includes(`package/${file}`))
      .map((file) => `The tarball has no ${file}`),
    ...files
      .filter((file) => /\.tsbuildinfo$|(^|\/)(test|node_modules)\/|\.env/.test(file))
      .map((file) => `The tarball has ${file}`),
    ...Object.keys(manifest.exports)
      .filter((entry) => !(entry in manifest.publishConfig.exports))
      .map((entry) => `publishConfig.exports lacks ${entry}`),
  ]
}
