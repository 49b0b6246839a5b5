# For test scripts: a MariaDB of its own on a port of 127.0.0.1, with the empty database "inventory" and a user of that
# name whose password is "secret". To be sourced after tests/serving.sh; who uses it calls stop_database at the end.
# shellcheck shell=bash
# shellcheck disable=SC2154  # work is of tests/serving.sh.
database=0

# A port of 127.0.0.1 that is free.
free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts it, with these options besides its own, sets `database` and `database_port`, and returns when it takes
# connections. Its files are in $work/database.
start_database() {
  local share=/usr/share/mysql data="$work/database" options
  database_port="$(free_port)"
  options=(--no-defaults "--datadir=$data" "--tmpdir=$data" "--socket=$data/socket" "--pid-file=$data/pid"
    --performance-schema=OFF --skip-name-resolve --character-set-server=utf8mb4 --innodb-buffer-pool-size=32M)
  ((EUID != 0)) || options+=(--user=root)
  mkdir "$data"
  { printf '%s;\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket=NULL' &&
    cat "$share"/mysql_{system_tables,performance_tables,system_tables_data}.sql; } |
    mariadbd "${options[@]}" --bootstrap >"$work/database.out" 2>&1 || fail "no database can be made"
  cat >"$work/database.sql" <<'SQL'
CREATE DATABASE inventory CHARACTER SET utf8mb4;
CREATE USER inventory@'127.0.0.1' IDENTIFIED BY 'secret';
GRANT ALL ON inventory.* TO inventory@'127.0.0.1';
SQL
  mariadbd "${options[@]}" --bind-address=127.0.0.1 "--port=$database_port" "--init-file=$work/database.sql" \
    "$@" >>"$work/database.out" 2>&1 9>&- &
  database=$!
  await_line "$work/database.out" 'ready for connections' "$database" "the database"
}

stop_database() {
  ((database == 0)) || { kill -TERM "$database" && wait "$database"; } 2>/dev/null || true
  database=0
}
