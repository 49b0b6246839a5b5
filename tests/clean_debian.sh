# For test scripts that install the Debian packages into a clean Debian 12. To be sourced after tests/serving.sh.
# The base system, and the packages that ours depend on, are kept in the folder `cache`, which one test uses at a time.
# shellcheck shell=bash
# shellcheck disable=SC2154  # source, build and work are of tests/serving.sh.

# Skips the test where none of this can be done; otherwise sets `cache` and waits until nobody else uses it.
open_cache() {
  ((EUID == 0)) || skip "only root can install packages into a clean system"
  command -v debootstrap >/dev/null || skip "debootstrap is missing"
  cache="$("$source/server/dev/cache.sh" debian)"
  mkdir -p "$cache/archives"
  exec 9>"$cache/lock"
  flock 9
}

# Makes sure that the cache has the base system, bookworm.tar.
get_base() {
  local mirror
  [[ ! -e "$cache/bookworm.tar" ]] || return 0
  mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)"
  [[ -n "$mirror" ]] || skip "apt knows no Debian mirror"
  progress "Getting Debian 12"
  rm -rf "$cache/new"
  debootstrap --variant=minbase bookworm "$cache/new" "$mirror" >"$work/debootstrap.out" 2>&1 ||
    skip "debootstrap can't get Debian 12: $(tail -n 1 "$work/debootstrap.out")"
  rm -f "$cache"/new/var/cache/apt/archives/*.deb
  tar --create --one-file-system --directory "$cache/new" --file "$cache/bookworm.tar.new" .
  mv "$cache/bookworm.tar.new" "$cache/bookworm.tar"
  rm -rf "$cache/new"
}

# Unpacks the base system into folder $1. Its apt reaches the mirror as this machine's does.
unpack_base() {
  get_base
  mkdir "$1"
  tar --extract --directory "$1" --file "$cache/bookworm.tar"
  apt-config dump | grep '^Acquire::' >"$1/etc/apt/apt.conf.d/99host" || true
  cp -L /etc/resolv.conf "$1/etc/resolv.conf"
}

# Packs the Debian packages of the build folder into folder $1; those of the components $2 alone, if that is given, as
# "server;server_debian".
pack_packages() {
  cpack --config "$build/CPackConfig.cmake" -B "$1" ${2:+-D "CPACK_COMPONENTS_ALL=$2"} >"$work/cpack.out" 2>&1 ||
    fail "cpack failed"
}
