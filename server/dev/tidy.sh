#!/usr/bin/env bash
# Runs clang-tidy over the project's code:
#   server/dev/tidy.sh [FILE]...       all files if none is named, and then cppcheck too
set -euo pipefail
cd "$(dirname "$0")/../.."

files=("$@")
# In tests/package are projects of their own.
((${#files[@]} > 0)) || mapfile -t files < <(git ls-files '*.cc' ':!tests/package')
server/dev/clang_tidy.sh "${files[@]}"
(($# > 0)) || server/dev/cppcheck.sh
