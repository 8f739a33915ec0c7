#!/usr/bin/env bash
# Type-checks the app, and the code of all pages that imports React Native, against the real types of React Native,
# Expo and the libraries of the stores; bundles the app with Metro for Android and iOS, and looks at
# the bundles; runs the statements of expoSqliteStore on real SQLite. The packages are packed as they
# would be published, so `npm run build` must have run at the root. What npm installs stays in a cache
# outside the repository.
#
# Without a registry it says so and skips; with CI=true it then ends with 77.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here="$PWD"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/s3-bg-uploader"
key="$(cat package.json package-lock.json | node -p "
  require('node:crypto').createHash('sha256').update(require('node:fs').readFileSync(0)).digest('hex').slice(0, 16)")"
installed="$cache/expo-$key"
mkdir -p "$cache"

# React Native wants a Node that is newer than ours.
node22() {
  if [ "$(node -p 'Number.parseInt(process.versions.node)')" -ge 22 ]; then "$@"; else npx --yes -p node@22 -- "$@"; fi
}

work="$(mktemp -d "$cache/run-XXXXXX")"
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json "$work"

if [ ! -d "$installed" ]; then
  # Not `npm ci`: it wants packages for every platform in the lockfile, which not every registry has.
  options=(--ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error)
  if ! (cd "$work" && node22 npm install "${options[@]}"); then
    echo 'The app was not checked: npm could not install React Native and Expo.' >&2
    if [ "${CI:-}" = true ]; then exit 77; else exit 0; fi
  fi
  mv "$work/node_modules" "$installed"
fi
# Links take no space; where there are none, copies do.
cp -al "$installed" "$work/node_modules" 2>/dev/null || cp -R "$installed" "$work/node_modules"

bash scripts/install-packages.sh "$work"
cp -R app.json index.ts tsconfig.json src "$work"
npm run --silent build --prefix ../docs
node ../docs/dist/write-native-code.js "$work/readme"
cd "$work"

echo 'Types'
node22 node node_modules/typescript/bin/tsc -p .

echo 'Bundles'
export EXPO_OFFLINE=1 EXPO_NO_TELEMETRY=1
node22 node node_modules/expo/bin/cli export --platform android --platform ios --no-bytecode \
  --max-workers 2 --output-dir bundles >export.log 2>&1 || { cat export.log && exit 1; }
node "$here/scripts/look-at-bundles.mjs" bundles

echo 'SQLite'
node22 node --test --test-reporter=dot "$here/../transport-react-native/scripts/sqlite-check.mjs"
