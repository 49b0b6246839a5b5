#!/usr/bin/env bash
# `make dist`: the source of the commit, the same whenever it is packed, and enough to build from.
#   tests/release/dist_test.sh
set -euo pipefail

build=
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
git -C "$source" rev-parse --verify --quiet HEAD >/dev/null || skip "$source is no git checkout"

progress "Packing"
file="$("$source/server/dev/dist.sh" "$work/first" 2>"$work/dist.out")" || fail "the source can't be packed"
version="$(git -C "$source" show HEAD:CMakeLists.txt | sed -n 's/^project(inventory VERSION \([0-9.]*\) .*/\1/p')"
name="inventory-$version"
[[ "${file##*/}" == "$name.tar.gz" ]] || fail "the file is named $file"
again="$(umask 077 && TZ=Pacific/Auckland "$source/server/dev/dist.sh" "$work/second" 2>>"$work/dist.out")"
cmp "$file" "$again" || fail "the same commit makes another file"

progress "Unpacking"
tar --extract --gzip --file "$file" --directory "$work"
git -C "$source" ls-tree -r --name-only HEAD | sort >"$work/committed"
(cd "$work/$name" && find . -type f -o -type l) | sed 's,^\./,,' | sort >"$work/packed"
diff "$work/committed" "$work/packed" >"$work/diff.out" || fail "the files are not those of the commit"
make --directory "$work/$name" help >"$work/help.out"
grep -q "make run" "$work/help.out" || fail "make knows no targets there"

progress "Configuring, and compiling the protos"
cmake -S "$work/$name" -B "$work/build" -G Ninja -D CMAKE_BUILD_TYPE=Release >"$work/configure.out" 2>&1 ||
  fail "the source can't be configured"
cmake --build "$work/build" --target inventory_protoset >"$work/build.out" 2>&1 || fail "the source can't be built"
[[ -s "$work/build/protos/inventory.protoset" ]] || fail "nothing was built"
progress "passed"
