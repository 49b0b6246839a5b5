#!/usr/bin/env bash
# Gets the MySQL 9 server of Debian unstable without installing it, and prints the path of a program that runs it:
#   INVENTORY_TEST_DATABASE_SERVER="$(server/dev/mysql9.sh)" build/dev/tests/integration_tests
#   server/dev/mysql9.sh FOLDER      keeps it in FOLDER instead of the cache
# The packages come from the mirror that apt uses. They are only unpacked (about 300 MB): the server runs with its own
# loader and libraries, so it needs no chroot, no mount and no root; only debootstrap, once, needs root or sudo.
# What it does goes to standard error.
set -euo pipefail

folder="${1:-$("$(dirname "$0")/cache.sh" mysql9)}"
mkdir -p "$folder"
folder="$(realpath "$folder")"
program="$folder/mysqld"

say() { echo "mysql9: $*" >&2; }

die() {
  say "$@"
  exit 1
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# The first mirror of Debian itself that apt knows.
mirror() {
  local uris
  uris="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian')"
  [[ -n "$uris" ]] || die "apt knows no Debian mirror; run apt-get update first"
  head -n 1 <<<"$uris"
}

# Downloads mysql-server-core and all that it depends on; prints the folder with the packages.
download() {
  local target="$1" log="$2"
  if ! as_root debootstrap --foreign --variant=minbase --include=mysql-server-core \
    unstable "$target" "$(mirror)" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "debootstrap failed; its whole output is in $log"
  fi
  echo "$target/var/cache/apt/archives"
}

unpack() {
  local packages="$1" root="$2" package
  mkdir -p "$root"
  for package in "$packages"/{lib,mysql-server-core}*.deb; do
    dpkg-deb --extract "$package" "$root"
  done
}

# exec, so that a signal to the program's process reaches the server.
write_program() {
  local root="$1" loader libraries
  loader="$(find "$root/usr/lib" -name 'ld-linux*.so.*' | head -n 1)"
  [[ -n "$loader" ]] || die "the packages hold no loader"
  libraries="$(dirname "$loader")"
  cat >"$program" <<END
#!/bin/sh
exec '$loader' --inhibit-cache --library-path '$libraries' '$root/usr/sbin/mysqld' "\$@" \\
  --basedir='$root/usr' --lc-messages-dir='$root/usr/share/mysql' \\
  --character-sets-dir='$root/usr/share/mysql/charsets' --plugin-dir='$root/usr/lib/mysql/plugin' \\
  --secure-file-priv=NULL
END
  chmod 755 "$program"
}

fetch() {
  local scratch packages
  command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
  ((EUID == 0)) || command -v sudo >/dev/null || die "only root can run debootstrap, and sudo is missing"
  say "downloading MySQL 9 from Debian unstable into $folder"
  scratch="$(mktemp -d "${TMPDIR:-/tmp}/inventory-mysql9-XXXXXX")"
  trap "as_root rm -rf '$scratch'" EXIT
  packages="$(download "$scratch/debian" "$folder/debootstrap.log")"
  rm -rf "$folder/root.new"
  unpack "$packages" "$folder/root.new"
  mv "$folder/root.new" "$folder/root"
}

exec 9>"$folder/lock"
flock 9
[[ -d "$folder/root" ]] || fetch
write_program "$folder/root"
"$program" --no-defaults --version >&2 || die "the server in $folder does not run; remove that folder and try again"
echo "$program"
