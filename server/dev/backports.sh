#!/usr/bin/env bash
# Installs Debian packages from its backports alone, whose other dependencies are installed already:
#   server/dev/backports.sh PACKAGE...
# The backports are no source of apt's before nor afterwards, so nothing else is ever taken from them. The mirror is that
# of apt, whose lists must be there. Needs root.
set -euo pipefail

release="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)"
if [[ -z "$release" || -z "$mirror" ]]; then
  echo "apt knows no Debian mirror" >&2
  exit 1
fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
# apt reads as another user.
chmod 755 "$folder"
mkdir -p "$folder/lists/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release-backports main" >"$folder/list"
source=(-o "Dir::Etc::SourceList=$folder/list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$folder/lists" -o Dir::Cache::PkgCache= -o Dir::Cache::SrcPkgCache=)
export DEBIAN_FRONTEND=noninteractive
apt-get "${source[@]}" -qq update
apt-get "${source[@]}" install -y -qq --no-install-recommends "$@" >/dev/null
