#!/usr/bin/env bash
# Packs the source of the last commit, and prints the file: inventory-VERSION.tar.gz in build, or in the FOLDER:
#   server/dev/dist.sh [FOLDER]
# The same commit makes the same file, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder="${1:-build}"
git rev-parse --verify --quiet HEAD >/dev/null || { echo "a git checkout with a commit is needed" >&2 && exit 1; }
version="$(git show HEAD:CMakeLists.txt | sed -n 's/^project(inventory VERSION \([0-9.]*\) .*/\1/p')"
[[ -z "$(git status --porcelain --untracked-files=no)" ]] ||
  echo "What is not committed is left out." >&2
mkdir -p "$folder"
file="$folder/inventory-$version.tar.gz"
git -c tar.umask=0022 archive --format=tar --prefix="inventory-$version/" HEAD | gzip --best --no-name >"$file"
echo "$file"
