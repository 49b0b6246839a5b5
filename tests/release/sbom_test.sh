#!/usr/bin/env bash
# What the programs are linked with is listed, all of it, in documents that SPDX's own tools take; and the packages have
# these documents.
#   tests/release/sbom_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/python_packages.sh
. "$(dirname "$0")/../python_packages.sh"
here="$source/tests/release"
documents="$build/server/dist"
[[ -e "$documents/inventory-server.spdx.json" ]] || skip "this build lists nothing: see server/dist/sbom.cmake"
version="$("$source/server/dev/version.sh")"

# Fails unless the document of package $1 has all that program $2 is linked with.
compare() {
  "$here/sbom_check.py" "$documents/$1.spdx.json" "$2" "$1" "$version" >"$work/check.out" 2>&1 ||
    fail "the document of $1 is not complete"
  progress "$(cat "$work/check.out")"
}

progress "Comparing with the programs"
compare inventory-server "$build/server/inventory-server"
compare inventoryctl "$build/client/cli/inventoryctl"
[[ ! -e "$documents/inventory-server-otlp.spdx.json" ]] ||
  compare inventory-server-otlp "$(find "$build/lib" -name libinventory-otlp.so)"

progress "Making one again"
/usr/bin/python3 -B "$source/server/dist/sbom/make.py" "$build" "$build/client/cli/inventoryctl" inventoryctl \
  "$version" "$("$source/server/dev/version.sh" --epoch)" >"$work/again.json"
cmp "$work/again.json" "$documents/inventoryctl.spdx.json" || fail "the same program has another document"

progress "Installing"
for component in server cli; do
  DESTDIR="$work/installed" cmake --install "$build" --prefix /usr --component "${component}_debian" \
    >"$work/install.out" 2>&1 || fail "the component ${component}_debian can't be installed"
done
for name in inventory-server inventoryctl; do
  cmp "$documents/$name.spdx.json" "$work/installed/usr/share/inventory/sbom/$name.spdx.json" ||
    fail "the package $name lacks its document"
done

progress "Asking the tools of SPDX"
prepare_python "$here/requirements.txt"
for document in "$documents"/*.spdx.json; do
  "${python%/*}/pyspdxtools" --infile "$document" >"$work/spdx.out" 2>&1 || fail "$document is not valid"
done
progress "passed"
