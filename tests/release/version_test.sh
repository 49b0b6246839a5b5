#!/usr/bin/env bash
# The version that CMakeLists.txt decides is that of everything that has one: changelogs, chart and programs.
#   tests/release/version_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
version="$("$source/server/dev/version.sh")"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "CMakeLists.txt has no version: \"$version\""

# Fails unless $1, which is the version of what $2 says, is the version.
same() { [[ "$1" == "$version" ]] || fail "the version of $2 is \"$1\", not $version"; }

chart="$source/helm/inventory/Chart.yaml"
same "$(sed -n 's/^version: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$chart")" "the chart"
same "$(sed -n 's/^appVersion: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$chart")" "what the chart installs"

# The newest release of each changelog, and its day.
debian="$source/server/dist/debian/changelog"
same "$(sed -n '1s/^inventory (\(.*\)) .*/\1/p' "$debian")" "the Debian changelog"
read -r newest day < <(sed -n 's/^## \[\([0-9.]*\)\] - \([-0-9]*\)$/\1 \2/p' "$source/CHANGELOG.md")
same "$newest" "CHANGELOG.md"
debian_day="$(date --utc --date "@$("$source/server/dev/version.sh" --epoch)" +%Y-%m-%d)"
[[ "$day" == "$debian_day" ]] || fail "CHANGELOG.md says $day, the Debian changelog $debian_day"

for program in server/inventory-server client/cli/inventoryctl; do
  for word in --version version; do
    expected="${program##*/} ${version//./\\.}" expect 0 "$build/$program" "$word"
  done
done
progress "passed: $version"
