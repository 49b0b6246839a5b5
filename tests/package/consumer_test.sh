#!/usr/bin/env bash
# Installs the client library, moves it, and builds a separate project with it: by find_package and by pkg-config. The
# project's tests with mocks run, and its program calls a real server. Another project holds the library's source.
#   tests/package/consumer_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
consumer="$source/tests/package/consumer"
prefix="$work/moved"
# The reports of these tests are no part of this project's.
unset GTEST_OUTPUT

shop() { "$1" "$address" "${@:2}" 2>&1; }

progress "Installing"
DESTDIR="$work/staged" cmake --install "$build" --prefix /opt/inventory --component client >"$work/install.out"
[[ "$(ls "$work/staged")" == opt && "$(ls "$work/staged/opt")" == inventory ]] || fail "not all is below the prefix"
mv "$work/staged/opt/inventory" "$prefix"
! grep -rlF -e "$build" -e "$source" -e "$work/staged" "$prefix" --include='*.cmake' --include='*.pc' ||
  fail "what is installed refers to where it was built"

progress "Building by CMake"
cmake -S "$consumer" -B "$work/cmake" -D CMAKE_PREFIX_PATH="$prefix" -D CMAKE_BUILD_TYPE=Debug >"$work/configure.out" ||
  fail "the installed package is not found"
cmake --build "$work/cmake" --parallel "$(nproc)" >"$work/build.out" 2>&1 || fail "the project does not build"
"$work/cmake/cart_test" >"$work/test.out" || fail "the project's tests fail"

progress "Building by pkg-config"
PKG_CONFIG_PATH="$(dirname "$(find "$prefix" -name inventory-client.pc)")"
export PKG_CONFIG_PATH
[[ "$(pkg-config --modversion inventory-client)" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "the version is none"
# shellcheck disable=SC2046
c++ -std=c++20 $(pkg-config --cflags inventory-client) -o "$work/shop" "$consumer"/{main,cart}.cc \
  $(pkg-config --libs inventory-client) >"$work/pkg-config.out" 2>&1 || fail "the project does not build by pkg-config"

progress "Holding the source, with googleapis"
cp -r "$source/tests/package/holder" "$work/holder"
ln -s "$source" "$work/holder/inventory"
cmake -S "$work/holder" -B "$work/held" >"$work/held.out" 2>&1 || fail "a project can't hold the source"
cmake --build "$work/held" --target googleapis inventory_common_protos >"$work/build.out" 2>&1 ||
  fail "the common protos do not build beside googleapis"
common="$work/held/inventory/protos/libinventory_common_protos.a"
[[ -n "$(nm --demangle "$common" | grep ' T grpc::health::')" ]] || fail "the health service is missing"
[[ -z "$(nm --demangle "$common" | grep ' T google::rpc::')" ]] || fail "google.rpc is there twice"

progress "Calling a server"
start_serving "$work/serve.out"
address="$(address_in "$work/serve.out")"
[[ "$(shop "$work/cmake/shop" CAP-M 2 600)" == "In your cart" ]] || fail "nothing is reserved"
[[ "$(shop "$work/shop" CAP-M 109 600)" == "Only 108 left" ]] || fail "the reservation is not in the stock"
stop_serving
[[ "$(address=127.0.0.1:1 shop "$work/cmake/shop" CAP-M 2 1)" == "Please try again later" ]] ||
  fail "a server that is away is not told"
progress "passed"
