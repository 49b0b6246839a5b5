#!/usr/bin/env bash
# Callers in Python and Node, made with their stock tools from what is installed, against a real server.
#   tests/package/languages_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/python_packages.sh
. "$(dirname "$0")/../python_packages.sh"
examples="$source/client/examples"
installed="$work/installed/share/inventory"

prepare_node() {
  command -v npm >/dev/null || skip "npm is missing"
  cp -r "$examples/node" "$work/node"
  npm_config_cache="$("$source/server/dev/cache.sh" npm)"
  export npm_config_cache npm_config_update_notifier=false
  npm ci --prefix "$work/node" --prefer-offline --ignore-scripts --no-audit --no-fund >"$work/npm.out" 2>&1 ||
    skip "the packages of $examples/node can't be had"
}

place_order() { PYTHONPATH="$work/generated" "$python" "$examples/python/order.py" "$address" "$@"; }

show() { node "$work/node/storefront.js" "$address" "$installed/inventory.protoset" "$@"; }

progress "Packages of Python and Node"
prepare_python "$examples/python/requirements.txt"
prepare_node

progress "Installing the protos"
cmake --install "$build" --prefix "$work/installed" --component protos >"$work/install.out"
mkdir "$work/generated"
"$python" -m grpc_tools.protoc -I "$installed/protos" --python_out="$work/generated" \
  --grpc_python_out="$work/generated" "$installed"/protos/inventory/v1/*.proto

progress "Starting a server"
start_serving "$work/serve.out"
address="$(address_in "$work/serve.out")"

progress "Calling it"
expected='JEANS-M: In stock, 110 left' expect 0 show web-eu JEANS-M
expected='Order 77: 12 x JEANS-M in reservation [-0-9a-f]+\.' expect 0 place_order web-eu JEANS-M 12 77
progress "The same order again is the same reservation"
expected="$printed" expect 0 place_order web-eu JEANS-M 12 77
expected='JEANS-M: In stock, 98 left' expect 0 show web-eu JEANS-M
progress "Refusals are told apart"
expected='Sold out: only 98 of JEANS-M left\.' expect 1 place_order web-eu JEANS-M 99 78
expected='NOT_FOUND CHANNEL_NOT_FOUND: .*' expect 1 place_order nowhere JEANS-M 1 79
expected='NOT_FOUND CHANNEL_NOT_FOUND: .*' expect 1 show nowhere JEANS-M
stop_serving
address="127.0.0.1:1"
expected='UNAVAILABLE : .*' expect 1 place_order web-eu JEANS-M 1 80
expected='UNAVAILABLE : .*' expect 1 show web-eu JEANS-M
progress "passed"
