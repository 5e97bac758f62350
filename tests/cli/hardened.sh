#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The optimised program is built hardened: its headers and symbols say so.
set -euo pipefail
command -v readelf >/dev/null || {
    echo "SKIPPED: no readelf (package binutils)"
    exit 77
}
fail() {
    echo "FAILED: $*"
    exit 1
}
symbols=$(readelf -Ws "$JALKI_PROGRAM" 2>/dev/null)
if grep -q "__asan_\|__tsan_\|__ubsan_" <<<"$symbols"; then
    echo "SKIPPED: a sanitizer build"
    exit 77
fi
headers=$(readelf -Wlhd "$JALKI_PROGRAM" 2>/dev/null)
grep -q "Type: *DYN" <<<"$headers" || fail "addresses are not random (PIE)"
grep -q "GNU_RELRO" <<<"$headers" || fail "no RELRO"
grep -qE "BIND_NOW|Flags:.*NOW" <<<"$headers" || fail "symbols are bound lazily"
grep -E "GNU_STACK" <<<"$headers" | grep >/dev/null "RWE" && fail "an executable stack"
grep -q "__stack_chk_fail" <<<"$symbols" || fail "no stack protector"
if ! grep -q "_chk@GLIBC" <<<"$symbols"; then
    echo "not fortified: a debug build"
fi
if [[ $(uname -m) == x86_64 ]]; then
    readelf -Wn "$JALKI_PROGRAM" 2>/dev/null | grep >/dev/null "IBT" || echo "no IBT mark: a library in the link was built without"
fi
echo passed
