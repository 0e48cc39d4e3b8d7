#!/usr/bin/env bash
# Azure's own OpenAPI validator (oav) over what the exercises and the official examples send and get, or over traffic that
# was recorded elsewhere: oav.sh [folder of traffic]. Needs Node.js 20 and XTENANT_SPECS; installs the validator.
set -euo pipefail
: "${XTENANT_SPECS:?set it to the folder of the official specifications}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --prefix "$work" --no-audit --no-fund --silent oav@4.0.3
traffic=${1:-$work/traffic}
if [ $# -eq 0 ]; then
  (cd "$here" && XTENANT_TRAFFIC=$traffic cargo test -p xtenant-mock-server --test specifications what_goes_over)
fi
cp "$here/oav.cjs" "$work/"
cd "$work" && node oav.cjs "$traffic" "$XTENANT_SPECS" | grep -v -e "ErrorMessage" -e "Unable to find provider" -e "^[{}]$" -e "level:"
