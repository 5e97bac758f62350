#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The library as another program uses it: installed, found by CMake and by pkg-config, compiled against and run; every
# symbol that it shows has the prefix.
set -euo pipefail
[ -z "${JALKI_SANITIZED:-}" ] || { echo "skipped: a library with sanitizers is not installed"; exit 77; }
. "$JALKI_SOURCE/tests/support/shell.sh"

fail() {
    echo "$1"
    exit 1
}
cmake --install "$JALKI_BUILD" --prefix "$work/installed" >install.txt || fail "$(tail -5 install.txt)"
library=$(find installed -name libjalki.a)
[ -n "$library" ] || fail "no library was installed"

# Global names of a static library clash with those of the program: all have the prefix.
nm -g --defined-only "$library" 2>/dev/null | awk 'NF == 3 { print $3 }' | grep -v '^jk_\|^\.gomp' >names.txt || true
[ ! -s names.txt ] || fail "symbols without the prefix jk_: $(tr '\n' ' ' <names.txt)"
shared=$(find installed -name 'libjalki.so' || true)
if [ -n "$shared" ]; then
    [ "$(nm -D --defined-only "$shared" | grep -c ' T jk_')" -gt 100 ] || fail "the shared library shows too little"
    nm -D --defined-only "$shared" | awk '{ print $3 }' | sed 's/@.*//' | grep -v '^jk_\|^JALKI_0$' >names.txt || true
    [ ! -s names.txt ] || fail "the shared library shows: $(tr '\n' ' ' <names.txt)"
fi

installed/bin/jalki generate -n 300 -o t.h5 --quiet
model=installed/share/jalki/models/nordic.yaml
installed/bin/jalki value t.h5 --model "$model" --irr 0.15 --quiet --json value.json >/dev/null

# Installed elsewhere than configured: the models are found beside the program, where the environment names none.
env -u JALKI_MODELS installed/bin/jalki value t.h5 --model nordic --irr 0.15 --quiet --json named.json >/dev/null
python3 -c 'import json; assert json.load(open("named.json"))["value"] == json.load(open("value.json"))["value"]'

check() { # a built example gives what the program gives
    LD_LIBRARY_PATH=$(dirname "$library") "$1" t.h5 "$model" >example.txt || fail "$1 failed"
    python3 -c '
import json
lines = [line.rsplit(None, 1) for line in open("example.txt")]
expected = json.load(open("value.json"))
assert abs(float(lines[-1][1]) - expected["value"]) < 0.01, (lines[-1], expected["value"])
assert [name.strip() for name, _ in lines[:-1]] == [segment["id"] for segment in expected["segments"]]'
    "$1" none.h5 "$model" 2>err.txt && fail "no failure without a tape" || [ "$?" = 1 ]
    grep -q "none.h5" err.txt || fail "$(cat err.txt)"
}

example=$(find installed -name value.c)
[ "$(wc -l <"$example")" -le 55 ] || fail "the example is long"
libraries=$(dirname "$library")
export PKG_CONFIG_PATH=$PWD/$libraries/pkgconfig
static=$([ -n "$shared" ] || echo --static)
# shellcheck disable=SC2046
"${JALKI_COMPILER:-cc}" -std=c17 -Wall -Wextra -Werror "$example" $(pkg-config $static --define-prefix --cflags --libs jalki) -o with-pkg-config ||
    fail "it does not compile with pkg-config"
check ./with-pkg-config
cmake -S "$(dirname "$example")" -B built -DCMAKE_PREFIX_PATH="$PWD/installed" -DCMAKE_C_COMPILER="${JALKI_COMPILER:-cc}" >configure.txt 2>&1 ||
    fail "$(tail -20 configure.txt)"
cmake --build built >build.txt 2>&1 || fail "$(tail -20 build.txt)"
check built/value
