#!/usr/bin/env bash
# The code in client/README.md is that of the files it names, and the programs among them do on a real server what it
# says.
#   tests/package/examples_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
examples="$build/client/examples"
readme="$source/client/README.md"

# Writes each block of code in the README into a file of its own in $1, after a line with the path that the line above
# the block links to. Blocks for a shell are left out.
split_readme() {
  awk -v folder="$1" '
    /^```/ && !inside {
      inside = 1
      shell = $0 ~ /^```(sh|console)/
      file = sprintf("%s/%03d", folder, ++blocks)
      if (!shell) print path > file
      next
    }
    /^```/ { inside = 0; path = ""; close(file); next }
    inside && !shell { print > file }
    !inside && match($0, /\]\([^)]+\)/) { path = substr($0, RSTART + 2, RLENGTH - 3) }
    !inside && /^#/ { path = "" }
  ' "$readme"
}

check_readme() {
  local block path compared=0
  mkdir "$work/blocks"
  split_readme "$work/blocks"
  for block in "$work/blocks"/*; do
    path="$(head -n 1 "$block")"
    [[ -f "$(dirname "$readme")/$path" ]] || fail "no file is named for this code: $(head -n 3 "$block")"
    [[ "$(cat "$(dirname "$readme")/$path")" == *"$(tail -n +2 "$block")"* ]] || fail "$path is not as in the README"
    compared=$((compared + 1))
  done
  ((compared >= 6)) || fail "the README has only $compared blocks of code"
}

run() { "$examples/$1" "$address" "${@:2}"; }

progress "Comparing the README with the code"
check_readme

progress "Starting a server"
start_serving "$work/serve.out"
address="$(address_in "$work/serve.out")"
id='[-0-9a-f]{36}'

progress "Quickstart"
expected="$id" expect 0 run quickstart

progress "Checkout"
expected='DRESS-M: in stock, 110 left' expect 0 run storefront web-eu DRESS-M
expected="Order 1 is placed: reservation $id" expect 0 run checkout web-eu 1 DRESS-M 12
first="$printed"
expected="$first" expect 0 run checkout web-eu 1 DRESS-M 12
expected='DRESS-M: in stock, 98 left' expect 0 run storefront web-eu DRESS-M
expected='The payment was declined\.' expect 0 run checkout web-eu 2 DRESS-M 12 decline
expected=$'DRESS-M: in stock, 98 left\nNOPE: sold out' expect 0 run storefront web-eu DRESS-M NOPE
expected='Only 98 left\.' expect 0 run checkout web-eu 3 DRESS-M 99
expected='This can.t be ordered: there is no channel nowhere' expect 0 run checkout nowhere 4 DRESS-M 1

progress "Warehouse"
expected="Shipped 10 x DRESS-M for reservation ${first##* }" expect 0 run warehouse ber-1
expected="Shipped 2 x DRESS-M for reservation ${first##* }" expect 0 run warehouse rtm-1
expected='' expect 0 run warehouse ber-1
expected='DRESS-M: in stock, 98 left' expect 0 run storefront web-eu DRESS-M

progress "Without a server"
stop_serving
address=127.0.0.1:1
expected=$'no availability: .*\nDRESS-M' expect 1 run storefront web-eu DRESS-M
expected='Please try again\. .*' expect 0 run checkout web-eu 5 DRESS-M 1
progress "passed"
