#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need; does nothing where all are there.
#   server/dev/install-dependencies.sh          what `make run` and `make test` need
#   server/dev/install-dependencies.sh --ci     also what only CI and linting use, and, where it can be had, what exports
#                                               traces
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
# Takes options of apt before the names.
install() { apt_get install -y --no-install-recommends "$@" >/dev/null; }

# Installs from Debian's backports alone what depends on nothing else that is missing. The backports are no source of
# apt's before nor afterwards, so nothing else is ever taken from them. The mirror is apt's.
install_from_backports() {
  local release mirror folder code=0
  release="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
  mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)"
  [[ -n "$release" && -n "$mirror" ]] || return 1
  folder="$(mktemp -d)"
  mkdir -p "$folder/lists/partial"
  chmod 755 "$folder"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release-backports main" >"$folder/list"
  local source=(-o "Dir::Etc::SourceList=$folder/list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/lists" -o Dir::Cache::PkgCache= -o Dir::Cache::SrcPkgCache=)
  { apt_get "${source[@]}" update && install "${source[@]}" "$@"; } || code=1
  "${as_root[@]}" rm -rf "$folder"
  return "$code"
}

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

tracing=opentelemetry-cpp-dev
if [[ "${1:-}" == "--ci" ]] && ! is_installed "$tracing"; then
  echo "Installing $tracing"
  { become_root "$tracing" && { install "$tracing" 2>/dev/null || install_from_backports "$tracing"; }; } ||
    echo "Going on without $tracing: the server will not export traces." >&2
fi
