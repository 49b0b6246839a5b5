#!/usr/bin/env bash
# Makes a program that runs the installed MariaDB server as a Galera cluster of one node, and prints its path:
#   INVENTORY_TEST_DATABASE_SERVER="$(server/dev/galera.sh)" build/release/tests/integration_tests
#   server/dev/galera.sh FOLDER      keeps it in FOLDER instead of the cache
# It needs the package galera-4. What it does goes to standard error.
set -euo pipefail

folder="${1:-$("$(dirname "$0")/cache.sh" galera)}"
program="$folder/sbin/mariadbd-galera"
provider=/usr/lib/galera/libgalera_smm.so
server=/usr/sbin/mariadbd

for file in "$provider" "$server"; do
  if [[ ! -e "$file" ]]; then
    echo "galera: $file is missing: apt-get install galera-4 mariadb-server-core" >&2
    exit 1
  fi
done
mkdir -p "$folder/sbin"
# Beside it are searched the scripts that a new database is made with.
ln -sfn /usr/share "$folder/share"
# A node that died would refuse to begin a cluster, because another one might have more; here there is none. exec, so
# that a signal to the program's process reaches the server.
cat >"$program.new" <<END
#!/bin/sh
for argument; do
  case "\$argument" in
    --bootstrap | --version) exec '$server' "\$@" ;;
    --datadir=*) files="\${argument#--datadir=}" ;;
  esac
done
rm -f "\$files/grastate.dat" "\$files/gvwstate.dat"
exec '$server' "\$@" --wsrep-on=ON --wsrep-provider='$provider' --wsrep-new-cluster --wsrep-cluster-address=gcomm:// \\
  --wsrep-node-address=127.0.0.1 --wsrep-sst-method=skip --binlog-format=ROW --innodb-autoinc-lock-mode=2 \\
  --wsrep-provider-options='gmcast.listen_addr=tcp://127.0.0.1:0;gcache.size=16M'
END
chmod 755 "$program.new"
mv "$program.new" "$program"
echo "$program"
