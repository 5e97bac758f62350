#!/usr/bin/env bash
# Fails and shows the places where a C file is not formatted as .clang-format says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files '*.c' '*.h' '*.cc' | xargs clang-format --dry-run --Werror
