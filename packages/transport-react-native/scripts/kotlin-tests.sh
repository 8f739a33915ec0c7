#!/usr/bin/env bash
# Tests the part engine of Android on a plain JVM, and compiles all else of android/ against Android's
# and React Native's classes. Needs a JDK 17 or newer, Maven, and their registries or a cache of them.
#   bash packages/transport-react-native/scripts/kotlin-tests.sh [further arguments for Maven]
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../android" || exit 1

react_android=0.87.1

skip() {
  echo "$1, so the Kotlin of transport-react-native is not tested here."
  if [ "${CI:-}" = true ]; then exit 77; else exit 0; fi
}

command -v mvn >/dev/null || skip 'There is no Maven (mvn)'
command -v javac >/dev/null || skip 'There is no JDK (javac)'
major="$(javac -version 2>&1 | sed -E 's/^javac ([0-9]+).*/\1/')"
[ "$major" -ge 17 ] || skip "The JDK has version $major and not 17"

# Ends what hangs, where the system has the command for it.
limited() {
  if command -v timeout >/dev/null; then timeout 600 "$@"; else "$@"; fi
}

mvn_quietly() { limited mvn --batch-mode --quiet --no-transfer-progress -Dstyle.color=never "$@"; }

# The classes of React Native are inside an AAR, which Maven cannot put on a class path.
unpack_react_android() {
  [ -f "target/react-android/$react_android" ] && return 0
  mvn_quietly --non-recursive org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    "-Dartifact=com.facebook.react:react-android:$react_android:aar:release" \
    -DoutputDirectory=target/react-android || return 1
  cd target/react-android || return 1
  jar --extract --file "react-android-$react_android-release.aar" classes.jar &&
    rm "react-android-$react_android-release.aar" && touch "$react_android"
}

generate_spec() {
  rm -rf target/spec && node ../scripts/codegen-check.mjs --out target/spec
}

rm -rf engine/target/surefire-reports
(unpack_react_android) && generate_spec && mvn_quietly "$@" verify || exit 1

total="$(awk -F'[:,]' '/^Tests run:/ { total += $2 } END { print total + 0 }' \
  engine/target/surefire-reports/*.txt)"
echo "$total tests of the part engine passed; the rest compiles against React Native $react_android."
