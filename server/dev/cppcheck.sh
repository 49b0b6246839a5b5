#!/usr/bin/env bash
# Runs cppcheck over the code of the server, the storage and the client; what is suppressed, and why, is in cppcheck.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."

# It reads no header of a library. The macros that stand where it can't guess have no meaning to it.
macros=(ABSL_LOCKABLE= ABSL_SCOPED_LOCKABLE= 'ABSL_EXCLUSIVE_LOCK_FUNCTION(...)=' 'ABSL_UNLOCK_FUNCTION(...)='
  'ABSL_EXCLUSIVE_LOCKS_REQUIRED(...)=' 'ABSL_SHARED_LOCKS_REQUIRED(...)=' 'ABSL_GUARDED_BY(...)=' 'GUARDED_BY(...)='
  'REQUIRES(...)=')
cppcheck --quiet --error-exitcode=1 --std=c++20 --language=c++ --enable=warning,performance,portability \
  --inline-suppr --suppress=missingInclude --suppressions-list=server/dev/cppcheck.txt -I . -I client \
  "${macros[@]/#/-D}" -j "$(nproc)" server storage client
echo "cppcheck: no findings"
