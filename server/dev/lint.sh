#!/usr/bin/env bash
# Checks the format, the layers and the locking of the C++ code and lints the protos.
set -euo pipefail
cd "$(dirname "$0")/../.."

buf_version=1.75.0

git ls-files -z '*.cc' '*.h' | xargs -0 clang-format --dry-run --Werror
echo "clang-format: every file is formatted"

server/dev/layers.sh
server/dev/thread_safety.sh

# In a cache of its own, so that nothing of the user's is touched.
npm_config_cache="$(mktemp -d)"
trap 'rm -rf "$npm_config_cache"' EXIT
export npm_config_cache npm_config_update_notifier=false
npx --yes "@bufbuild/buf@$buf_version" lint protos
echo "buf: every proto is clean"
