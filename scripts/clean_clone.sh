#!/usr/bin/env bash
# What a new user meets: a fresh clone, an empty cache, `make demo` and `make test`.
set -euo pipefail
here=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet "$here" "$work/snapshelf"
cd "$work/snapshelf"
export PIP_NO_CACHE_DIR=1
time make demo
time make test
