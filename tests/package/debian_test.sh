#!/usr/bin/env bash
# Builds the Debian packages and installs them into a clean Debian 12; there an order is placed by the installed
# inventoryctl with the installed server, which runs as its service says. What exports traces is added from Debian's
# backports, if it was built. Then the package is purged.
#   tests/package/debian_test.sh BUILD_FOLDER
# Needs root, for chroot, and debootstrap. The base system and the packages that ours depend on are kept in a cache.
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/clean_debian.sh
. "$(dirname "$0")/../clean_debian.sh"
root="$work/root"
server=0

in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

# Makes apt in $root find what the cache has, or keeps there what apt has fetched.
use_archives() { find "$cache/archives" -name '*.deb' -exec cp --target-directory "$root/var/cache/apt/archives" {} +; }
keep_archives() {
  find "$root/var/cache/apt/archives" -maxdepth 1 -name '*.deb' -exec cp --update --target-directory "$cache/archives" {} +
}

# Installs packages: names, and patterns of files in $root. No recommended ones, so that those we depend on must suffice.
install_packages() {
  in_root sh -c "apt-get install --yes --no-install-recommends $*" >>"$work/apt.out" 2>&1 || fail "can't install $*"
}

# Starts what the service's unit starts, as its user, and sets `address`.
start_service() {
  local unit="$root/lib/systemd/system/inventory-server.service" user command
  user="$(sed -n 's/^User=//p' "$unit")"
  command="$(sed -n 's/^ExecStart=//p' "$unit")"
  # shellcheck disable=SC2086
  INVENTORY_LISTEN=127.0.0.1:0 INVENTORY_METRICS_LISTEN='' \
    start_into "$work/server.out" chroot --userspec="$user:$user" "$root" $command
  server=$started
  await_line "$work/server.out" ' listening ' "$server" "the service" 10
  address="127.0.0.1:$(port_in "$work/server.out")"
}

stop_service() {
  local code=0
  kill -TERM "$server"
  wait "$server" || code=$?
  server=0
  ((code == 0)) || fail "the service ended with $code after it was asked to stop"
}

ctl() {
  in_root inventoryctl --address "$address" --timeout 10m "$@" >>"$work/ctl.out" 2>&1 || fail "inventoryctl $* failed"
}

clean_up_service() {
  ((server == 0)) || { kill -TERM "$server" && wait "$server"; } 2>/dev/null || true
  clean_up
}
trap clean_up_service EXIT

open_cache
progress "Packing"
pack_packages "$work/packages"
for package in inventory-protos inventory-server inventoryctl libinventory-client-dev; do
  [[ -s "$(echo "$work/packages/${package}"_*.deb)" ]] || fail "there is no package $package"
done
twice="$(for package in "$work"/packages/*.deb; do dpkg-deb --contents "$package"; done | awk '!/^d/ { print $6 }' |
  sort | uniq --repeated)"
[[ -z "$twice" ]] || fail "several packages have $twice"
depends="$(dpkg-deb --field "$work"/packages/inventory-server_*.deb Depends)"
[[ "$depends" != *opentelemetry* ]] || fail "the server can't do without what only the backports have"
depends="$(dpkg-deb --field "$work"/packages/libinventory-client-dev_*.deb Depends)"
for package in libabsl-dev libgrpc++-dev libprotobuf-dev; do
  [[ "$depends" == *"$package (>= "*"$package (<< "* ]] || fail "the client takes any version of $package"
done

unpack_base "$root"
cp "$work"/packages/*.deb "$root/tmp/"
use_archives
progress "Installing"
in_root apt-get update >"$work/apt.out" 2>&1 || fail "apt reaches no mirror"
install_packages mariadb-server-core '/tmp/inventory-server_*.deb' '/tmp/inventoryctl_*.deb' '/tmp/inventory-protos_*.deb'
[[ "$(in_root dpkg-query --show --showformat '${Conffiles}' inventory-server)" == *' /etc/inventory/server.toml '* ]] ||
  fail "the configuration is no conffile"
[[ "$(in_root stat --format '%U %a' /var/lib/inventory)" == "inventory 750" ]] || fail "the data folder is not the user's"

progress "An order by inventoryctl"
start_service
ctl create warehouse w1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
ctl create channel web-eu --name Europe
ctl attach warehouse web-eu w1
ctl set stock SKU-1 w1 5
ctl reserve web-eu SKU-1=2 --order O-1
in_root inventoryctl --address "$address" --timeout 10m availability web-eu SKU-1 -o csv >"$work/availability.out"
grep -q '^SKU-1,.*,3,' "$work/availability.out" || fail "the reservation is not in the availability"

progress "A separate C++ project"
install_packages '/tmp/libinventory-client-dev_*.deb' g++ cmake make libgmock-dev
keep_archives
cp -r "$source/tests/package/consumer" "$root/tmp/consumer"
{
  in_root cmake -S /tmp/consumer -B /tmp/shop && in_root cmake --build /tmp/shop --target shop --parallel "$(nproc)"
} >"$work/shop.out" 2>&1 || fail "the packages do not suffice for a C++ project"
[[ "$(in_root /tmp/shop/shop "$address" SKU-1 4 600)" == "Only 3 left" ]] || fail "the C++ program sees other stock"
stop_service

if compgen -G "$work/packages/inventory-server-otlp_*.deb" >/dev/null; then
  progress "Traces"
  # In a system without /proc the loader has to be told where the program is, beside which it looks for libraries.
  export INVENTORY_OTLP_ENDPOINT=http://127.0.0.1:4318 LD_ORIGIN_PATH=/usr/bin
  in_root INVENTORY_OTLP_ENDPOINT="$INVENTORY_OTLP_ENDPOINT" LD_ORIGIN_PATH="$LD_ORIGIN_PATH" \
    inventory-server serve >"$work/refused.out" 2>&1 &&
    fail "a server without the exporter does not mind that it is asked to export"
  grep -q 'install inventory-server-otlp' "$work/refused.out" || fail "the server does not say what is missing"
  sed 's/ bookworm main/ bookworm-backports main/' "$root/etc/apt/sources.list" \
    >"$root/etc/apt/sources.list.d/backports.list"
  in_root apt-get update >>"$work/apt.out" 2>&1 || fail "apt reaches no backports"
  install_packages '/tmp/inventory-server-otlp_*.deb'
  start_service
  stop_service
  unset INVENTORY_OTLP_ENDPOINT LD_ORIGIN_PATH
fi

progress "Updating"
echo '# changed' >>"$root/etc/inventory/server.toml"
in_root sh -c 'dpkg --install /tmp/inventory-server_*.deb' >"$work/update.out" 2>&1 </dev/null ||
  fail "the package can't be installed over itself"
grep -q '^# changed$' "$root/etc/inventory/server.toml" || fail "an update overwrites the configuration"

progress "Purging"
in_root apt-get purge --yes inventory-server >"$work/purge.out" 2>&1 || fail "the package can't be purged"
[[ ! -e "$root/etc/inventory/server.toml" ]] || fail "purging leaves the configuration"
[[ -d "$root/var/lib/inventory/database" ]] || fail "purging removes the data"
grep -q 'has data and is kept' "$work/purge.out" || fail "purging does not say that the data is kept"
progress "passed"
