#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need; does nothing where all are there.
#   server/dev/install-dependencies.sh          what `make run` and `make test` need
#   server/dev/install-dependencies.sh --ci     also what only CI and linting use
set -euo pipefail

packages=(
  build-essential ca-certificates cmake file git ninja-build pkg-config
  libabsl-dev libcli11-dev libcurl4-openssl-dev libgmock-dev libgrpc++-dev libgtest-dev libjemalloc-dev libmysqlcppconn-dev
  libprotobuf-dev libprotoc-dev librhonabwy-dev libspdlog-dev libssl-dev mariadb-server-core nlohmann-json3-dev openssl
  prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
)
if [[ "${1:-}" == "--ci" ]]; then
  packages+=(ccache clang-14 clang-format clang-tidy cppcheck debootstrap galera-4 gcovr libclang-rt-14-dev
    mariadb-client python3-venv python3-yaml zsh)
  command -v npx >/dev/null || packages+=(npm)
fi

missing=()
for package in "${packages[@]}"; do
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    missing+=("$package")
  fi
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing and only root can install them: ${missing[*]}" >&2
    echo "Run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing missing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
