#!/usr/bin/env bash
# A private PostgreSQL cluster in a folder of its own, reachable on loopback only.
#   scripts/postgres.sh start DIR [--durable]   starts it and prints a connection string
#   scripts/postgres.sh restart DIR             kills it as a crash would, and starts it again on the same port
#   scripts/postgres.sh stop DIR                stops it and removes what start put into DIR
# Without --durable nothing is flushed to disk (tests). With it, commits are as safe as in production and the
# settings suit a measurement on a small machine. The caller stops what it started, in a trap.
set -euo pipefail

fail() { echo "tieline: $1" >&2; exit 1; }

# PostgreSQL refuses to run as root.
unprivileged() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else (cd / && "$@"); fi
}

find_binaries() {
  local folder
  for folder in /usr/lib/postgresql/15/bin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
    "$(pg_config --bindir 2>/dev/null || true)"; do
    [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] || continue
    [ "$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')" -ge 15 ] && echo "$folder" && return 0
  done
  return 1
}

binaries() {
  find_binaries && return
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null ||
    fail "PostgreSQL 15 or newer is missing; install it (Debian: apt-get install postgresql-15)"
  echo "Installing PostgreSQL 15 ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get install -y --no-install-recommends postgresql-15 ||
    { apt-get update && apt-get install -y --no-install-recommends postgresql-15; }; } >/dev/null 2>&1 || true
  find_binaries || fail "PostgreSQL 15 is missing and apt-get could not install it"
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

settings() {
  cat <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
END
  if [ "$1" = durable ]; then
    # A quarter of the memory, as its manual advises for a server of its own, and not above 4 GB.
    local quarter=$(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) / 4096))
    cat <<END
shared_buffers = $((quarter > 4096 ? 4096 : quarter))MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
random_page_cost = 1.1
END
  else
    cat <<END
fsync = off
full_page_writes = off
synchronous_commit = off
END
  fi
  # Containers often have only 64 MB here, which parallel queries use up.
  if [ "$(df --output=size -k /dev/shm 2>/dev/null | tail -n 1 || echo 0)" -lt 1000000 ]; then
    echo "dynamic_shared_memory_type = mmap"
  fi
}

start() {
  local folder=$1 mode=$2 bin port
  bin=$(binaries)
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  [ ! -e "$folder/cluster" ] || fail "$folder already holds a cluster"
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder"; fi
  unprivileged "$bin/initdb" -D "$folder/cluster" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; fail "PostgreSQL could not create a cluster in $folder"; }
  settings "$mode" >>"$folder/cluster/postgresql.conf"
  # Somebody else may take the port between the choice and the start.
  for _ in 1 2 3; do
    port=$(free_port)
    if unprivileged "$bin/pg_ctl" -D "$folder/cluster" -w -t 60 -l "$folder/cluster/server.log" -o "-p $port" start >/dev/null 2>&1; then
      echo "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
      return
    fi
  done
  tail -n 20 "$folder/cluster/server.log" >&2
  fail "PostgreSQL did not start in $folder"
}

restart() {
  unprivileged "$(binaries)/pg_ctl" -D "$1/cluster" -m immediate -w -t 60 -l "$1/cluster/server.log" restart >/dev/null
}

stop() {
  local folder=$1
  [ -d "$folder" ] || return 0
  if [ -f "$folder/cluster/postmaster.pid" ]; then
    unprivileged "$(binaries)/pg_ctl" -D "$folder/cluster" -m immediate -w stop >/dev/null 2>&1 ||
      echo "tieline: PostgreSQL in $folder was not running any more" >&2
  fi
  # Only what start put there, so that a wrong argument cannot empty somebody's folder.
  rm -rf "$folder/cluster" "$folder/initdb.log"
  rmdir "$folder" 2>/dev/null || true
}

case "${1:-} ${2:+dir} ${3:-}" in
  "start dir ") start "$2" fast ;;
  "start dir --durable") start "$2" durable ;;
  "restart dir ") restart "$2" ;;
  "stop dir ") stop "$2" ;;
  *) fail "usage: scripts/postgres.sh start DIR [--durable] | restart DIR | stop DIR" ;;
esac
