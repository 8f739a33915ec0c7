#!/usr/bin/env bash
# Puts the packages of this repository into the node_modules of an app, packed as they would be
# published: install-packages.sh [APP]. Wants `npm run build` to have run at the root.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
app="$(cd "${1:-$here}" && pwd)"
tarballs="$(mktemp -d)"
trap 'rm -rf "$tarballs"' EXIT

for name in core react transport-react-native; do
  (cd "$here/../$name" && npx --yes pnpm@12.21.0 pack --pack-destination "$tarballs" >/dev/null)
  target="$app/node_modules/@s3-bg-uploader/$name"
  rm -rf "$target" && mkdir -p "$target"
  tar -xzf "$tarballs/s3-bg-uploader-$name-"*.tgz -C "$target" --strip-components=1
done
