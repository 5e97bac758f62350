#!/usr/bin/env bash
# Brings DuckDB's C library by npm into build/duckdb, where SQL and Parquet find it: one package, its digest known, nothing run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=1.5.6-r.1
case $(uname -m) in
x86_64)
    package=node-bindings-linux-x64
    digest=1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff
    ;;
*)
    echo "scripts/duckdb.sh knows the package for x86-64 alone; JALKI_DUCKDB=.../libduckdb.so names a library that is there" >&2
    exit 1
    ;;
esac
[ ! -e build/duckdb/libduckdb.so ] || exit 0
command -v npm >/dev/null || { echo "npm is needed (scripts/install.sh page)" >&2; exit 1; }
mkdir -p build
folder=$(mktemp -d build/duckdb.XXXXXX)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --ignore-scripts --pack-destination "$folder" "@duckdb/$package@$version" >/dev/null
archive=$(echo "$folder"/*.tgz)
echo "$digest  $archive" | sha256sum --check --quiet
tar -xzf "$archive" -C "$folder" package/libduckdb.so package/LICENSE
rm -rf build/duckdb
mv "$folder/package" build/duckdb
