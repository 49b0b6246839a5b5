#!/usr/bin/env bash
# Builds the image of Dockerfile from packages of the build folder, looks at what is in it, and runs it as its user on a
# read-only file system with TLS: health by gRPC, a reservation by the inventoryctl inside, and SIGTERM under load.
#   tests/container/container_test.sh BUILD_FOLDER
# The image is really built, by buildah with chroot isolation, on a base made by debootstrap; only the stage that
# compiles is left out, as `--build-arg PACKAGES=prebuilt` does. run.py stands for the engine that would run it. Needs
# root.
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/clean_debian.sh
. "$(dirname "$0")/../clean_debian.sh"
# shellcheck source=tests/database.sh
. "$(dirname "$0")/../database.sh"
# shellcheck source=tests/certificates.sh
. "$(dirname "$0")/../certificates.sh"
here="$source/tests/container"
base=localhost/inventory-test-base
server=

# Images are kept apart from those of this machine's users: only the base, from one run to the next.
prepare_engine() {
  local driver
  command -v buildah >/dev/null || skip "buildah is missing"
  export BUILDAH_ISOLATION=chroot CONTAINERS_STORAGE_CONF="$work/storage.conf"
  for driver in overlay vfs; do
    mkdir -p "$cache/containers-$driver"
    printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' "$driver" "$cache/containers-$driver" \
      "$work/run" >"$work/storage.conf"
    ! buildah info >"$work/engine.out" 2>&1 || return 0
  done
  skip "buildah can't work here: $(tail -n 1 "$work/engine.out")"
}

# As Debian's slim image, whose packages install no documentation but licences.
make_base() {
  local container made
  made="$(stat --format %Y "$cache/bookworm.tar" 2>/dev/null || echo none)"
  if [[ "$(buildah images --format '{{.Tag}}' "$base" 2>/dev/null)" != "$made" ]]; then
    buildah rmi --all --force >"$work/engine.out" 2>&1 || true
    unpack_base "$work/base"
    printf 'path-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\npath-exclude /usr/share/man/*\n' \
      >"$work/base/etc/dpkg/dpkg.cfg.d/slim"
    rm -rf "$work"/base/var/lib/apt/lists/* "$work"/base/usr/share/man/*
    find "$work/base/usr/share/doc" -type f ! -name copyright -delete
    made="$(stat --format %Y "$cache/bookworm.tar")"
    container="$(buildah from scratch)"
    {
      buildah copy "$container" "$work/base" / && buildah commit --rm "$container" "$base:$made"
    } >"$work/engine.out" 2>&1 || fail "the base can't be imported"
    rm -rf "$work/base"
  fi
  base="$base:$made"
}

build_image() {
  mkdir -p "$work/context/build/packages" "$work/context/server/dev"
  cp "$source"/{Dockerfile,.dockerignore} "$work/context/"
  cp "$source/server/dev/backports.sh" "$work/context/server/dev/"
  cp "$work"/packages/*.deb "$work/context/build/packages/"
  ENGINE=buildah "$source/server/dev/image.sh" --build-arg "BASE=$base" --build-arg PACKAGES=prebuilt \
    --volume "$cache/archives:/var/cache/apt/archives" "$@" "$work/context" >"$work/build.out" 2>&1 ||
    fail "the image can't be built"
}

# Mounts image $1 and prints where.
mount_image() { buildah mount "$(buildah from --pull-never "$1")"; }

# A certificate for the server, in the volume of `run_image`.
make_volume() {
  mkdir "$work/volume"
  (cd "$work/volume" && make_authority && make_certificate tls DNS:stock.internal)
  chown --recursive 10001:10001 "$work/volume"
}

# Runs the image with the variables and arguments $@, in the background and on the database. Sets `server`, the process
# that is number 1 there.
launch() {
  start_into "$work/server.out" "${run_image[@]}" \
    "INVENTORY_DATABASE_URL=mysql://inventory@127.0.0.1:$database_port/inventory" \
    INVENTORY_DATABASE_PASSWORD=secret "$@" 9>&-
  runner=$started
  server=""
  for ((i = 0; i < 100; ++i)); do
    read -r server _ 2>/dev/null <"/proc/$runner/task/$runner/children" || true
    [[ -z "$server" ]] && kill -0 "$runner" 2>/dev/null || return 0
    sleep 0.1
  done
  fail "the image does not start"
}

# Waits for the process of `launch`, and fails unless it ends with 0.
await_end() {
  local code=0
  wait "$runner" || code=$?
  runner=0
  ((code == 0)) || fail "the image ended with $code: $1"
}

# Serves with TLS, and returns when it does. Once stopped, it takes calls for $1 more.
serve() {
  local files=/etc/inventory
  address="127.0.0.1:$(free_port)"
  caller=("INVENTORY_ADDRESS=$address" "INVENTORY_TLS_CA=$files/ca.pem" INVENTORY_TLS_SERVER_NAME=stock.internal)
  launch "INVENTORY_LISTEN=$address" INVENTORY_METRICS_LISTEN= "INVENTORY_DRAIN_DELAY=$1" \
    "INVENTORY_TLS_CERT_FILE=$files/tls.pem" "INVENTORY_TLS_KEY_FILE=$files/tls.key" "${caller[@]}" "${traces[@]}"
  await_line "$work/server.out" ' listening ' "$runner" "the server"
}

inside() { "$here/run.py" "$work/config.json" exec "$server" "$@"; }
health() { "$here/run.py" "$work/config.json" health "$server"; }
ctl() { inside inventoryctl --timeout 1m "$@" >>"$work/ctl.out" 2>&1 || fail "inventoryctl $* failed"; }

# Reserves a unit again and again, from images of its own, until that fails. The reservations that were acknowledged are
# in file $1, and what ended it in $1.end.
keep_reserving() {
  local code=0
  for ((i = 0; i < 1000 && code == 0; ++i)); do
    "${run_image[@]}" --entrypoint inventoryctl "${caller[@]}" INVENTORY_TIMEOUT=5s reserve web-eu SKU-1=1 \
      --reservation-id "${1##*/}-$i" >/dev/null 2>"$1.end" || code=$?
    ((code != 0)) || echo "${1##*/}-$i" >>"$1"
  done
  echo "ended with $code" >>"$1.end"
}

acknowledged() { cat "$work"/load-? 2>/dev/null | sort; }

stop_all() {
  ((runner == 0)) || kill -KILL "$server" "$runner" 2>/dev/null || true
  runner=0
  stop_database
  buildah rm --all >/dev/null 2>&1 || true
  buildah rmi --prune --force >/dev/null 2>&1 || true
  buildah rmi --force "inventory:$version" >/dev/null 2>&1 || true
  clean_up
}

open_cache
prepare_engine
version="$("$source/server/dev/version.sh")"
trap stop_all EXIT
progress "Packing"
components="server;server_debian;cli;cli_debian"
# With traces the server starts only if it can load what exports them. Nobody is there to take any.
traces=()
if grep -q ';otlp;' "$build/CPackConfig.cmake"; then
  components+=";otlp;otlp_debian"
  traces=(INVENTORY_OTLP_ENDPOINT=http://127.0.0.1:4318)
fi
pack_packages "$work/packages" "$components"
get_base
make_base
progress "Building the image"
build_image

progress "Looking at it"
buildah inspect --type image "inventory:$version" >"$work/config.json"
root="$(mount_image "inventory:$version")"
run_image=("$here/run.py" "$work/config.json" "$root" --volume "$work/volume:/etc/inventory")
revision="$(git -C "$source" rev-parse HEAD 2>/dev/null || echo unknown)"
"$here/check.py" "$work/config.json" "$root" "$(mount_image "$base")" "$version" "$revision" >"$work/check.out" 2>&1 ||
  fail "the image is not as it should be"
progress "$(cat "$work/check.out")"

progress "Migrating, as a job would"
make_volume
start_database
launch migrate
await_end migrate
progress "Serving"
serve 5s
[[ "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$server/status")" == "10001 10001 10001 10001" ]] ||
  fail "another user serves"
grep -q '^CapBnd:\s0000000000000000$' "/proc/$server/status" || fail "the server has capabilities"
! inside sh -c 'touch /tmp/x' 2>/dev/null || fail "the file system can be written to"
expected='.*"SERVING".*' expect 0 health

progress "A reservation"
ctl create warehouse w1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
ctl create channel web-eu --name Europe
ctl attach warehouse web-eu w1
ctl set stock SKU-1 w1 5000
ctl reserve web-eu SKU-1=2 --reservation-id first
expected='.*"available":"4998".*' expect 0 inside inventoryctl get stock-level SKU-1 w1

progress "SIGTERM under load"
loads=()
for n in 1 2 3; do
  keep_reserving "$work/load-$n" 9>&- &
  loads+=($!)
done
for ((i = 0; i < 300 && $(acknowledged | wc -l) < 20; ++i)); do sleep 0.1; done
kill -TERM "$server"
sleep 0.5
before="$(acknowledged | wc -l)"
expected='.*"NOT_SERVING".*' expect 3 health
for ((i = 0; i < 30 && $(acknowledged | wc -l) <= before; ++i)); do sleep 0.1; done
(($(acknowledged | wc -l) > before)) || fail "calls are not answered while load balancers turn away"
await_end "SIGTERM"
wait "${loads[@]}"
for n in 1 2 3; do
  [[ "$(tail -n 1 "$work/load-$n.end")" == "ended with 3" ]] || fail "a caller was told: $(cat "$work/load-$n.end")"
done

progress "All that was acknowledged is there"
launch verify
await_end "verify"
serve 0
inside inventoryctl list reservations --limit 0 -o csv --timeout 1m | cut -d , -f 1 | grep load- | sort >"$work/stored"
lost="$(comm -13 "$work/stored" <(acknowledged))"
[[ -z "$lost" ]] || fail "reservations were lost: $lost"
kill -TERM "$server"
await_end "SIGTERM"
progress "passed, with $(wc -l <"$work/stored") reservations under load"
