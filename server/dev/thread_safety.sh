#!/usr/bin/env bash
# Checks by clang's thread-safety analysis that what a mutex guards is used only under that mutex (storage/mutex.h), in
# all code that has a mutex.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A header is read with its own source file, or alone if it has none.
source_of() {
  local source="${1%.h}.cc"
  if [[ -e "$source" ]]; then echo "$source"; else echo "$1"; fi
}

mapfile -t users < <(git grep -lE '\b(Mutex|MutexLock|mutex)\b' -- '*.h' '*.cc' ':!storage/mutex.h' ':!tests/package')
mapfile -t files < <(for file in "${users[@]}"; do source_of "$file"; done | sort -u)
# A compiler's warning alone is no check to clang-tidy, so there is another one that is about threads.
server/dev/clang_tidy.sh --checks='-*,clang-diagnostic-thread-safety*,bugprone-spuriously-wake-up-functions' \
  "${files[@]}" | sed 's/^clang-tidy:/thread safety:/'
