#!/usr/bin/env bash
# Installs the Debian packages of the named groups that are missing: scripts/install.sh build test …
# Needs root only if something is missing. A package whose command (third column) is there, from wherever, is not missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
missing=()
for group in "$@"; do
    while read -r name command; do
        if [[ -n $command ]] && command -v "$command" >/dev/null; then
            continue
        fi
        if ! dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep >/dev/null 'install ok installed'; then
            missing+=("$name")
        fi
    done < <(awk -v group="$group" '$1 == group {print $2, $3}' "$here/packages.txt")
done
if ((${#missing[@]} == 0)); then
    exit 0
fi
echo "installing: ${missing[*]}"
if [[ $(id -u) -ne 0 ]]; then
    echo "run as root, or: sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
