#!/usr/bin/env bash
# Prints the path of a program that tests use and Debian lacks; builds it first, by Go, where it is missing:
#   helm="$(server/dev/tool.sh helm)"
# Programs are kept by version, so that a new one here is seen. Ends with 77, and says why, where one can't be built:
# for want of Go, of a Go that is new enough or fetches a newer one itself, or of the network.
set -euo pipefail

# name, package, version
tools='
etcd            go.etcd.io/etcd/server/v3                     v3.6.16
ghz             github.com/bojand/ghz/cmd/ghz                 v0.121.0
grpcurl         github.com/fullstorydev/grpcurl/cmd/grpcurl   v1.9.3
helm            helm.sh/helm/v3/cmd/helm                      v3.22.0
kube-apiserver  k8s.io/kubernetes/cmd/kube-apiserver          v1.34.4
kubeconform     github.com/yannh/kubeconform/cmd/kubeconform  v0.8.0
'

say() { echo "tool.sh: $*" >&2; }

# A module that only needs module $1 at version $2. Go installs no module that replaces others by folders beside it, so
# they are named here: those of Kubernetes are published as v0.* for its v1.*.
write_module() {
  local go_mod
  go_mod="$(go mod download -json "$1@$2" | sed -n 's/^\t"GoMod": "\(.*\)",*$/\1/p')"
  echo 'module tool'
  grep '^go ' "$go_mod"
  echo "require $1 $2"
  sed -n "s,^\t\(k8s.io/[a-z-]*\) => ./staging/.*,replace \1 => \1 ${2/v1./v0.},p" "$go_mod"
}

# Builds package $1 of module $2 at version $3 into file $4.
build() (
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  facts="k8s.io/component-base/version"
  facts="-X $facts.gitVersion=$3 -X $facts.gitMajor=1 -X $facts.gitMinor=$(cut -d. -f2 <<<"$3")"
  write_module "$2" "$3" >"$scratch/go.mod" && cd "$scratch" &&
    nice -n 19 go get "$1@$3" && nice -n 19 go build -o "$4" -ldflags "-s -w $facts" "$1"
)

read -r name package version < <(grep "^${1:?a name is missing} " <<<"$tools" || echo)
[[ -n "$name" ]] || { say "no tool is named $1" && exit 1; }
folder="$("$(dirname "$0")/cache.sh" tools)"
program="$folder/$name-$version/$name"

make() {
  case "$name" in
    etcd) build "$package" "$package" "$version" "$program" ;;
    kube-apiserver) build "$package" k8s.io/kubernetes "$version" "$program" ;;
    *) GOBIN="$(dirname "$program")" nice -n 19 go install "$package@$version" ;;
  esac
}

exec 9>"$folder/$name.lock"
flock 9
if [[ ! -x "$program" ]]; then
  command -v go >/dev/null || { say "$name needs Go, which is not here" && exit 77; }
  GOFLAGS="$(go env GOFLAGS) -p=2"
  export GOFLAGS
  say "building $name $version"
  make >&2 || { say "$name can't be built by $(go version)" && exit 77; }
fi
echo "$program"
