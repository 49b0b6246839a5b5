#!/usr/bin/env bash
# Checks who includes whom. A part is protos/ (the code made from it), storage/, client/, a folder of server/, or a name.h
# with its name.cc directly in server/.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Every part with those that it may include. They stand above it, so nothing goes round in a circle.
layers='protos:
storage:
client:     protos
errors:     protos
convert:    errors protos storage
logging:
signals:
die:
steady_time:
periodic:   storage
share_counts:
fair_queue: share_counts
tls:        logging storage
net:        storage tls
http:
tracing:    logging storage
sourcing:   storage
pipeline:   convert errors fair_queue logging protos share_counts sourcing storage tracing
activities: die http logging pipeline storage
options:    activities http logging storage tracing
process_metrics: storage
stock_metrics: errors pipeline protos storage
metrics:    activities errors pipeline process_metrics stock_metrics storage
metrics_endpoint: http logging metrics net storage tls
feed:       convert errors http logging protos storage
reading:    errors fair_queue feed logging periodic pipeline storage tracing
auth:       die errors http logging metrics net options periodic pipeline protos steady_time storage
rpc:        auth convert die errors fair_queue feed logging metrics net options pipeline protos reading steady_time storage tls tracing
commands:   activities convert errors pipeline protos rpc sourcing storage
queries:    activities commands convert errors feed pipeline protos reading rpc storage
background: activities commands errors feed http logging periodic pipeline protos rpc storage
batch_spans: pipeline tracing
database:   errors logging options signals storage
engine:     batch_spans errors feed logging metrics options pipeline reading rpc storage tracing
workers:    activities background engine metrics options
serve:      auth commands database background engine errors logging metrics metrics_endpoint net options periodic rpc signals storage tls tracing workers
verify:     database engine errors logging metrics options protos rpc serve storage
main:       logging options serve signals'

# shellcheck disable=SC2016
check='
function part(path) {
  if (sub(/^server\//, "", path)) sub(/[.\/].*/, "", path)
  else if (path ~ /^(inventory|google)\//) path = "protos"
  else sub(/\/.*/, "", path)
  return path
}
function fail(what) { print what; failed = 1 }
FILENAME != "-" {
  name = $1
  sub(/:/, "", name)
  for (i = 2; i <= NF; ++i) {
    if (!($i in known)) fail("layers.sh: " $i " must stand above " name)
    allowed[name, $i] = 1
  }
  known[name] = allowed[name, name] = 1
  next
}
{
  split($0, at, ":")
  split($0, quoted, "\"")
  if (!((part(at[1]), part(quoted[2])) in allowed)) fail(at[1] ":" at[2] ": may not include " quoted[2])
}
END { exit failed }'

git grep -noE '^#include "(server|storage|client|inventory|google/rpc)/[^"]+' -- server storage client |
  awk "$check" <(echo "$layers") -
echo "layers: every include goes down"
