# SPDX-License-Identifier: Apache-2.0
# What the shell tests of a command begin with (`. "$JALKI_SOURCE/tests/support/shell.sh"`): a folder of their own that goes
# with them, the shipped model, and three words.
set -euo pipefail
# shellcheck disable=SC2034
model=$JALKI_SOURCE/models/nordic.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; exit 1; }
jalki() { "$JALKI_PROGRAM" "$@"; }
# Runs a command that must exit with the code $1, say $2 on stderr, and leave no file that it would have named never.*.
refused() {
    local code=$1 words=$2 got=0
    shift 2
    "$@" >out.txt 2>err.txt || got=$?
    [ "$got" = "$code" ] || fail "$* exited with $got instead of $code: $(cat err.txt)"
    grep -q -- "$words" err.txt || fail "$* did not say '$words': $(cat err.txt)"
    [ -z "$(compgen -G 'never.*')" ] || fail "$* left a file behind"
}
