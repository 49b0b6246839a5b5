#!/usr/bin/env bash
# Starts a server on its private database, loads a sample, makes a reservation, and serves until SIGINT or SIGTERM:
#   server/dev/run.sh [BUILD_FOLDER]
# DATA_DIR, LISTEN and METRICS_LISTEN override where data is kept and where calls and metrics are served. Other machines
# are served with TLS_CERT_FILE and TLS_KEY_FILE, whose certificate must be for this machine's address and trusted by
# TLS_CA_FILE, or in the clear with ALLOW_PLAINTEXT=true. This is a demo: whoever reaches it may do everything.
# Ends with 0 after a clean stop.
set -euo pipefail

build="$(realpath "${1:-$(dirname "$0")/../../build/release}")"
listen="${LISTEN:-127.0.0.1:50051}"
metrics="${METRICS_LISTEN-127.0.0.1:9464}"
if [[ -n "${DATA_DIR:-}" ]]; then
  data_dir="$DATA_DIR"
elif ((EUID == 0)); then
  data_dir=/var/lib/inventory
else
  data_dir="${XDG_STATE_HOME:-$HOME/.local/state}/inventory"
fi
protection=()
demo_protection=()
scheme=http
if [[ -n "${TLS_CERT_FILE:-}" ]]; then
  protection=(--tls-cert-file "$TLS_CERT_FILE" --tls-key-file "${TLS_KEY_FILE:-}" --metrics-tls on --allow-unauthenticated)
  scheme=https
  demo_protection=("${TLS_CA_FILE:-$TLS_CERT_FILE}")
elif [[ "${ALLOW_PLAINTEXT:-}" == true ]]; then
  protection=(--allow-plaintext --metrics-allow-plaintext --allow-unauthenticated)
fi
mkdir -p "$data_dir"
data_dir="$(realpath "$data_dir")"
log="$data_dir/server.log"

# Where this machine reaches what listens on $1, with port $2.
reachable() {
  local host="${1%:*}"
  case "$host" in
    0.0.0.0) host=127.0.0.1 ;;
    '[::]') host='[::1]' ;;
  esac
  echo "$host:$2"
}

# Ends if something else listens on address $1; $2 is the variable that names another.
check_free() {
  local address host port="${1##*:}"
  [[ -n "$1" && "$port" != 0 ]] || return 0
  address="$(reachable "$1" "$port")"
  host="${address%:*}"
  host="${host#[}"
  if timeout 2 bash -c ': <>"/dev/tcp/$1/$2"' _ "${host%]}" "$port" 2>/dev/null; then
    echo "Something already listens on $1. Stop it, or choose another address: make run $2=HOST:PORT" >&2
    exit 1
  fi
}

server=0
stopping=false
interrupted=false
stop() {
  interrupted=true
  $stopping || echo "Stopping"
  stopping=true
  ((server == 0)) || kill -TERM "$server" 2>/dev/null || true
}

# Waits until the server has ended, whatever signal comes in between, and returns its exit code.
wait_for_server() {
  local code=0 result=0
  while ((result != 127)); do  # 127: the end was seen before.
    code="$result"
    interrupted=false
    wait "$server" && result=0 || result=$?
    $interrupted || return "$result"
  done
  return "$code"
}

fail() {
  echo "$1 The end of $log:" >&2
  tail -n 5 "$log" >&2
  stop
  wait_for_server || true
  exit 1
}

check_free "$listen" LISTEN
check_free "$metrics" METRICS_LISTEN
echo "Starting inventory-server with its private database in $data_dir"
trap stop INT TERM HUP
: >"$log"  # Or the last run's may be read before the server has opened it.
"$build/server/inventory-server" serve --data-dir "$data_dir" --listen "$listen" --metrics-listen "$metrics" \
  "${protection[@]}" 2>"$log" &
server=$!

until grep -q ' listening ' "$log"; do
  kill -0 "$server" 2>/dev/null || $stopping || fail "The server did not start."
  ! $stopping || break
  sleep 0.1
done
if ! $stopping; then
  port="$(sed -n 's/.* listening .*port=\([0-9]*\).*/\1/p' "$log")"
  address="$(reachable "$listen" "$port")"
  "$build/client/inventory-demo" "$address" "${demo_protection[@]}" || $stopping || fail "The demo did not succeed."
fi
if ! $stopping; then
  echo
  echo "Serving on $address${metrics:+, metrics on $scheme://$metrics/metrics}, log in $log. Ctrl-C stops it."
fi

code=0
wait_for_server || code=$?
if ((code == 0)); then  # It was asked to stop, here or by a signal of its own.
  echo "Stopped. The data is kept in $data_dir"
else
  echo "The server ended with $code. The end of $log:" >&2
  tail -n 5 "$log" >&2
fi
exit "$code"
