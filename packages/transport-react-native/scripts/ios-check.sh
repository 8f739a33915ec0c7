#!/usr/bin/env bash
# Checks the iOS side without a Mac: bash packages/transport-react-native/scripts/ios-check.sh
#
# ios/queue is plain C and Objective-C: it is compiled for GNUstep with sanitizers, and its tests
# run here, on the vectors that Android's tests read too. ios/system and ios/module need frameworks
# that only Apple has: clang checks them against the declarations in test/ios/apple and against what
# React Native's codegen makes of the spec. All of ios is checked under ARC, as an app compiles it.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(clang libclang-rt-dev gobjc libgnustep-base-dev)

missing() {
  if [ "${CI:-}" = true ]; then
    echo "$1" >&2
    exit 77
  fi
  echo "Skipped: $1"
  exit 0
}

has_tools() {
  command -v clang >/dev/null && [ -e /usr/include/GNUstep/Foundation/Foundation.h ] &&
    [ -n "$(runtime_headers)" ] &&
    [ -n "$(find "$(clang -print-resource-dir)/" -name '*clang_rt.asan*' -print -quit)" ]
}

# GCC brings the headers and the library of the Objective-C runtime.
runtime_headers() {
  find /usr/lib/gcc -path '*/include/objc/objc.h' 2>/dev/null | head -n 1 | sed 's,/objc/objc.h$,,'
}

if ! has_tools && [ "${CI:-}" = true ] && [ "$(id -u)" -eq 0 ] &&
  command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
has_tools ||
  missing "there is no clang with sanitizers and GNUstep. Debian has ${packages[*]}"

runtime="$(runtime_headers)"
work="$(mktemp -d)"
# In memory, where there is such a place: the tests sync a great deal.
if [ -w /dev/shm ]; then files="$(mktemp -d -p /dev/shm)"; else files="$(mktemp -d)"; fi
trap 'rm -rf "$work" "$files"' EXIT

warnings=(-Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion
  -Wnullable-to-nonnull-conversion)
# Only these of GCC's headers: clang has the others itself.
mkdir "$work/runtime" && ln -s "$runtime/objc" "$work/runtime/objc"
system=(-isystem /usr/include/GNUstep -isystem "$work/runtime")

echo '--- ios/queue runs'
sources=(ios/queue/*.c ios/queue/*.m test/ios/*.m)
for source in "${sources[@]}"; do
  object="$work/$(basename "$source").o"
  options=(-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all "${warnings[@]}")
  case "$source" in
  *.c) options+=(-std=c11) ;;
  *) options+=(-std=gnu11 -fobjc-runtime=gcc -fobjc-exceptions -fexceptions
    -fconstant-string-class=NSConstantString "${system[@]}") ;;
  esac
  clang -c "${options[@]}" -Iios/queue "$source" -o "$object"
done
clang -fsanitize=address,undefined "$work"/*.o -o "$work/queue-tests" \
  -L"$(dirname "$runtime")" -lgnustep-base -lobjc -lm
# Without ARC nothing is released, so leaks say nothing.
ASAN_OPTIONS=detect_leaks=0 "$work/queue-tests" test-vectors.json "$files"

echo '--- all of ios is valid under ARC'
node scripts/codegen-check.mjs --out "$work/codegen" >/dev/null
options=("${warnings[@]}" -Wno-unused-parameter -fsyntax-only -fblocks -fobjc-arc
  -fobjc-runtime=gnustep-2.0 -fobjc-exceptions -fexceptions -Itest/ios/apple "${system[@]}"
  -Iios -Iios/queue -Iios/system -Iios/module -isystem "$work/codegen")
count=0
for source in $(find ios -name '*.m' -o -name '*.mm' | sort); do
  case "$source" in
  *.mm) clang++ -std=c++20 "${options[@]}" "$source" ;;
  *) clang -std=gnu11 "${options[@]}" "$source" ;;
  esac
  count=$((count + 1))
done
echo "$count files"
