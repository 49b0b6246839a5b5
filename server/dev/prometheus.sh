#!/usr/bin/env bash
# Gets Debian's Prometheus without installing it, as its package starts a service, and prints the folder with the
# programs prometheus and promtool:
#   "$(server/dev/prometheus.sh)/promtool" check rules helm/inventory/files/alerts.yaml
# Those that are installed are used where they are. Ends with 77, and says why, where there are none to be had. What it
# does goes to standard error.
set -euo pipefail

if program="$(command -v prometheus)" && command -v promtool >/dev/null; then
  dirname "$program"
  exit
fi

folder="$("$(dirname "$0")/cache.sh" prometheus)"
programs="$folder/root/usr/bin"

download() {
  local options=()
  ((EUID != 0)) || options=(-o APT::Sandbox::User=root)
  (cd "$folder" && apt-get "${options[@]}" download prometheus)
}

# Without lists of packages there is nothing to download.
update() {
  if ((EUID == 0)); then
    apt-get update -qq
  else
    sudo -n apt-get update -qq
  fi
}

exec 9>"$folder/lock"
flock 9
if [[ ! -x "$programs/promtool" ]]; then
  echo "prometheus.sh: downloading Debian's package into $folder" >&2
  rm -rf "$folder"/*.deb "$folder/root.new" "$folder/root"
  if ! download >"$folder/download.log" 2>&1 && ! { update && download; } >>"$folder/download.log" 2>&1; then
    tail -n 5 "$folder/download.log" >&2
    echo "prometheus.sh: the package can't be had" >&2
    exit 77
  fi
  dpkg-deb --extract "$folder"/prometheus_*.deb "$folder/root.new"
  mv "$folder/root.new" "$folder/root"
  rm "$folder"/*.deb
fi
echo "$programs"
