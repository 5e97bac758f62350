#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is made from the option tables: help, man pages, completion, docs/commands.md; and the models that are found.
. "$JALKI_SOURCE/tests/support/shell.sh"

fail() {
    echo "$1"
    exit 1
}

# docs/commands.md is what the program prints; JALKI_WRITE_DOCS writes it anew.
jalki help --as markdown >commands.md
[ -z "${JALKI_WRITE_DOCS:-}" ] || cp commands.md "$JALKI_SOURCE/docs/commands.md"
jalki help --as outputs >outputs.md
[ -z "${JALKI_WRITE_DOCS:-}" ] || cp outputs.md "$JALKI_SOURCE/docs/outputs.md"
diff "$JALKI_SOURCE/docs/outputs.md" outputs.md || fail "docs/outputs.md is not what the listings say: run with JALKI_WRITE_DOCS=1"
diff "$JALKI_SOURCE/docs/commands.md" commands.md || fail "docs/commands.md is not what the tables say: run with JALKI_WRITE_DOCS=1"

# Every command has help in each form, by each way of asking.
commands=$(jalki help | sed -n 's/^  \([a-z-]*\)  *[^ ].*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 18 ] || fail "help lists too few commands: $commands"
for command in $commands; do
    jalki help "$command" >help.txt
    jalki "$command" --help | cmp - help.txt || fail "--help of $command differs"
    jalki "$command" -h | cmp - help.txt || fail "-h of $command differs"
    grep -q "^Usage: jalki $command" help.txt || fail "no usage of $command"
    grep -q Example help.txt || fail "no example of $command"
    [ "$(awk 'length > 100' help.txt | grep -vc jalki)" = 0 ] || fail "long lines in the help of $command"
    if jalki help "$command" >/dev/full 2>err.txt; then fail "a full disk was not noticed: help $command"; fi
    grep -q "standard output" err.txt || fail "$(cat err.txt)"
    jalki help "$command" --as man >page.1
    if [[ $command == @(value|scenario|import) ]] && command -v groff >/dev/null; then
        groff -k -man -Tutf8 -ww -P-cbou page.1 >page.txt 2>warnings.txt || fail "groff: $command"
        [ ! -s warnings.txt ] || fail "man page of $command: $(cat warnings.txt)"
        grep -q -- "--threads" page.txt || fail "no options in the man page of $command"
    fi
done
if jalki help nothing 2>err.txt; then fail "help for no command"; fi
jalki wrklist 2>err.txt && fail "a command that is none" || [ "$?" = 2 ]
grep -q "did you mean 'worklist'" err.txt || fail "$(cat err.txt)"

# Completion of bash: commands, options, words, files.
jalki completion bash >jalki.bash
complete_line() { # the words of a line, the last one incomplete -> what is offered
    bash -c 'source ./jalki.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jalki; printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}
[ "$(complete_line jalki wor)" = worklist ] || fail "commands: $(complete_line jalki wor)"
[ "$(complete_line jalki worklist --tre)" = --treatment ] || fail "options"
[ "$(complete_line jalki worklist --treatment '' | tr '\n' ' ')" = "amicable legal " ] || fail "words"
touch some-tape.h5
[ "$(complete_line jalki value some)" = some-tape.h5 ] || fail "operands"
[ "$(complete_line jalki value --model some)" = some-tape.h5 ] || fail "files of options"
[ "$(complete_line jalki help expl)" = explain ] || fail "commands of help: $(complete_line jalki help expl)"
# Names of a tape and a model: ids, segments, countries; nothing where there is no tape, and no message.
mkdir bin
ln -s "$JALKI_PROGRAM" bin/jalki
export PATH=$work/bin:$PATH
jalki generate -n 300 -o names.csv --quiet
jalki import names.csv -o names.h5 --cutoff 2026-06-30 --quiet >/dev/null
[ "$(complete_line jalki explain names.h5 --claim C000000012 | tr '\n' ' ')" = "$(grep -o '^C000000012[0-9]' names.csv | tr '\n' ' ')" ] || fail "claims"
[ "$(complete_line jalki explain names.h5 --debtor D0000000001 | sort -u)" = D0000000001 ] || fail "debtors"
[ "$(complete_line jalki worklist names.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --segment fi- | wc -l)" = 4 ] || fail "segments"
[ "$(complete_line jalki worklist names.h5 --country F)" = FI ] || fail "countries"
[ -z "$(complete_line jalki explain --claim C 2>&1)" ] || fail "no tape"
jalki completion bash --names claims 2>err.txt && fail "names of nothing" || [ "$?" = 2 ]
grep -q -- "--tape T.h5 is needed" err.txt || fail "$(cat err.txt)"

# What else is meant.
jalki explain names.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --claim D0000000001 2>err.txt && fail "a debtor's id" || [ "$?" = 1 ]
grep -q "is a debtor's id, and no claim's; expected --debtor" err.txt || fail "$(cat err.txt)"
jalki explain names.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --debtor C0000000001 2>err.txt && fail "a claim's id" || [ "$?" = 1 ]
grep -q "expected --claim" err.txt || fail "$(cat err.txt)"
jalki value names.h5 --model nordik 2>err.txt && fail "a model that is none" || [ "$?" = 1 ]
grep -q "did you mean .*nordic.yaml" err.txt || fail "$(cat err.txt)"
jalki value names.h5 --model xyzxyzxyz 2>err.txt && fail "a model that is none" || [ "$?" = 1 ]
grep -q "JALKI_MODELS" err.txt || fail "$(cat err.txt)"
jalki value names.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --cutoff 30.6.2026 2>err.txt && fail "a date" || [ "$?" = 2 ]
grep -q "did you mean 2026-06-30" err.txt || fail "$(cat err.txt)"
jalki export names.h5 x.csv 2>err.txt && fail "a tape for results" || [ "$?" = 1 ]
grep -q "this is a tape; expected results" err.txt || fail "$(cat err.txt)"
jalki completion zsh >jalki.zsh
grep -q "^#compdef jalki" jalki.zsh || fail "zsh"
jalki completion fish >jalki.fish
grep -q "seen_subcommand_from price' -l floor -x" jalki.fish || fail "fish"
if command -v fish >/dev/null; then fish --no-execute jalki.fish || fail "fish does not read its script"; fi
jalki completion tcsh 2>err.txt && fail "a shell that is none" || [ "$?" = 2 ]
grep -q "bash, zsh or fish" err.txt || fail "$(cat err.txt)"

# The version.
[ "$(jalki --version)" = "$(jalki version)" ] || fail "two versions"
jalki version --features >features.txt
grep -q "^trees " features.txt || fail "no features"
jalki version --features --format json | python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["threads"] > 0 and isinstance(d["trees"], bool)'

# Models are found where JALKI_MODELS says; a copy is a model of one's own.
jalki generate -n 200 -o t.h5 --quiet
jalki value t.h5 --model "$JALKI_SOURCE/models/nordic.yaml" --quiet --json expected.json >/dev/null
export JALKI_MODELS=nowhere:$JALKI_SOURCE/models
jalki value t.h5 --model nordic --quiet --json found.json >/dev/null
jalki new-model mine 2>err.txt
grep -q "9 model files written to mine" err.txt || fail "$(cat err.txt)"
jalki value t.h5 --model mine/nordic.yaml --quiet --json mine.json >/dev/null
python3 - <<'END'
import json
expected, *others = [json.load(open(name)) for name in ("expected.json", "found.json", "mine.json")]
for other in others:
    assert other["value"] == expected["value"] and other["segments"] == expected["segments"]
END
jalki new-model mine 2>err.txt && fail "a model was replaced" || [ "$?" = 1 ]
grep -q "is there already" err.txt || fail "$(cat err.txt)"
jalki new-model other --from nothing 2>err.txt && fail "a copy of nothing" || [ "$?" = 1 ]
grep -q "JALKI_MODELS" err.txt || fail "$(cat err.txt)"
[ ! -e other ] || fail "a folder was left behind"
jalki value t.h5 --model nothing 2>err.txt && fail "a model that is none" || [ "$?" = 1 ]

# A file of another kind, and an option of another command, are named with the way out.
says() { # words, then a command that fails
    local words=$1
    shift
    if "$@" >out.txt 2>err.txt; then fail "was accepted: $*"; fi
    grep -q -- "$words" err.txt || fail "$*: $(cat err.txt)"
}
jalki value t.h5 --model nordic --quiet -o r.h5 >/dev/null
says "these are results of jalki value" jalki value r.h5 --model nordic
says "this is an HDF5 store" jalki value t.h5 --model r.h5
says "this is a tape; expected results" jalki report t.h5 -o page.html
says "did you mean --payments-mapping" jalki panel t.h5 t.h5 --mapping m.yaml --payments p.csv -o p.h5
printf 'a,b\n1,2\n' >pay.csv
jalki generate -n 200 -o later.h5 --cutoff 2026-12-31 --quiet
says "other names need jalki panel --payments-mapping" jalki panel t.h5 later.h5 --payments pay.csv --treatment legal -o p.h5
