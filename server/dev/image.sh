#!/usr/bin/env bash
# Builds the image of Dockerfile as inventory:VERSION:
#   server/dev/image.sh [BUILD_OPTION]... [CONTEXT]
# With docker, podman or buildah, whichever is there or ENGINE names. SOURCE_URL, or else git's remote, is what the image
# says of where its source is. CONTEXT is the project's folder by default. BUILD_OPTIONs go to the engine, for example
#   --build-arg BASE=debian:12-slim@sha256:... --build-arg PACKAGES=prebuilt
set -euo pipefail
project="$(realpath "$(dirname "$0")/../..")"
context="$project"
if (($# > 0)) && [[ -d "${!#}" && "${!#}" != -* ]]; then
  context="${!#}"
  set -- "${@:1:$#-1}"
fi

find_engine() {
  local engine
  for engine in docker podman buildah; do
    ! command -v "$engine" >/dev/null || { echo "$engine" && return; }
  done
  echo "docker, podman or buildah is needed to build an image" >&2
  return 1
}

# What git says of the project, or "unknown" where it is no checkout.
from_git() { git -C "$project" "$@" 2>/dev/null || echo unknown; }

engine="${ENGINE:-$(find_engine)}"
version="$("$project/server/dev/version.sh")"
epoch="${SOURCE_DATE_EPOCH:-$("$project/server/dev/version.sh" --epoch)}"
# Of PACKAGES not all engines follow the default, so it is given, too.
options=(
  --tag "inventory:$version"
  --build-arg PACKAGES=built
  --build-arg "VERSION=$version"
  --build-arg "REVISION=$(from_git describe --always --abbrev=40 --dirty --exclude '*')"
  --build-arg "SOURCE=${SOURCE_URL:-$(from_git config --get remote.origin.url)}"
  --build-arg "CREATED=$(date --utc --date "@$epoch" +%Y-%m-%dT%H:%M:%SZ)"
  --build-arg "SOURCE_DATE_EPOCH=$epoch"
)
# Docker takes the time of files and layers from SOURCE_DATE_EPOCH; health checks are in its format alone.
[[ "$engine" == docker ]] || options+=(--format docker --timestamp "$epoch")
# shellcheck disable=SC2086
$engine build "${options[@]}" "$@" "$context"
