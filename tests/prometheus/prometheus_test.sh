#!/usr/bin/env bash
# The dashboard and the alerts are right: promtool checks the rules and runs their tests, everything that they name is
# documented, and a real Prometheus that watches a busy server has data for every query of both.
#   tests/prometheus/prometheus_test.sh BUILD_FOLDER
set -euo pipefail

build="$(realpath "$1")"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/certificates.sh
. "$source/tests/certificates.sh"
# shellcheck source=tests/database.sh
. "$source/tests/database.sh"
# shellcheck source=tests/prometheus/observed.sh
. "$source/tests/prometheus/observed.sh"
trap 'stop_observed; clean_up' EXIT
seconds=25
export PYTHONDONTWRITEBYTECODE=1

command -v mariadb >/dev/null || skip "mariadb-client is missing"
programs="$("$source/server/dev/prometheus.sh")" || skip "Prometheus can't be had"
cd "$work"

progress "Checking rules and dashboard"
"$programs/promtool" check rules "$source/helm/inventory/files/alerts.yaml" >check.out 2>&1 ||
  fail "promtool refuses the rules"
/usr/bin/python3 "$source/tests/prometheus/check_files.py" 2>files.out || fail "files don't fit together"
progress "Running the tests of the rules meanwhile"
"$programs/promtool" test rules "$source"/tests/prometheus/rules/*.yaml >rules.out 2>&1 &
rule_tests=$!

progress "Starting a server and Prometheus"
start_observed_server
start_prometheus
make_observed_shop 100
start="$(date +%s)"
progress "Placing orders for $seconds s"
for caller in 1 2; do place_orders "$caller" "$seconds" & done
sleep "$((seconds / 2))"
# A server that was quicker than Prometheus has opened all connections before it was looked at.
end_sessions
sleep "$((seconds - seconds / 2))"
progress "Asking for everything"
/usr/bin/python3 "$source/tests/prometheus/check_queries.py" "$prometheus_url" "$seconds" >queries.out 2>&1 ||
  fail "something has no data"
cat queries.out
progress "Drawing the picture of the dashboard"
/usr/bin/python3 "$source/tests/prometheus/picture.py" "$prometheus_url" "$start" "$(date +%s)" picture.svg \
  >picture.out 2>&1 || fail "it can't be drawn"
/usr/bin/python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("picture.svg")' >picture.out 2>&1 ||
  fail "it is no SVG"
stop_observed

progress "Waiting for the tests of the rules"
wait "$rule_tests" || fail "an alert fires when it should not, or does not when it should"
progress "passed"
