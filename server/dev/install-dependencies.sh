#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need; does nothing where all are there.
#   server/dev/install-dependencies.sh            what `make run` and `make test` need
#   server/dev/install-dependencies.sh --tracing  also, where it can be had, what the export of traces is built with
#   server/dev/install-dependencies.sh --ci       also what only CI and linting use
set -euo pipefail

packages=(
  build-essential ca-certificates cmake file git ninja-build pkg-config
  libabsl-dev libcli11-dev libcurl4-openssl-dev libgmock-dev libgrpc++-dev libgtest-dev libjemalloc-dev libmysqlcppconn-dev
  libprotobuf-dev libprotoc-dev librhonabwy-dev libspdlog-dev libssl-dev mariadb-server-core nlohmann-json3-dev openssl
  prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc python3
)
if [[ "${1:-}" == "--ci" ]]; then
  packages+=(buildah ccache clang-14 clang-format clang-tidy cppcheck debootstrap galera-4 gcovr libclang-rt-14-dev
    mariadb-client python3-venv python3-yaml zsh)
  command -v npx >/dev/null || packages+=(npm)
fi

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

as_root=()
become_root() {
  ((EUID != 0)) || return 0
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing and only root can install them: $*" >&2
    echo "Run as root: apt-get install $*" >&2
    return 1
  fi
  as_root=(sudo)
}

apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"; }
install() { apt_get install -y --no-install-recommends "$@" >/dev/null; }

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} > 0)); then
  become_root "${missing[@]}"
  echo "Installing missing Debian packages: ${missing[*]}"
  apt_get update
  install "${missing[@]}"
fi

# In Debian 12 only its backports have it.
tracing=opentelemetry-cpp-dev
if [[ "${1:-}" == "--ci" || "${1:-}" == "--tracing" ]] && ! is_installed "$tracing"; then
  echo "Installing $tracing"
  {
    become_root "$tracing" &&
      { install "$tracing" 2>/dev/null || "${as_root[@]}" "$(dirname "$0")/backports.sh" "$tracing"; }
  } || echo "Going on without $tracing: the server will not export traces." >&2
fi
