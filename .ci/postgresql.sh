#!/usr/bin/env bash
# Gives a PostgreSQL to the tests: the one of DATABASE_URL if set, else a throw-away server of this user. Prints an export.
set -euo pipefail
if [ -n "${DATABASE_URL:-}" ]; then
    echo "export DATABASE_URL='$DATABASE_URL'"
    exit 0
fi
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d /tmp/cper-pg.XXXXXX)
port=$(python3 -c "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
as=()
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as=(runuser -u postgres --)
fi
{
    "${as[@]}" "$bin/initdb" -D "$folder/data" -U cper --auth=trust --encoding=UTF8 --locale=C.UTF-8
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off" start
} >&2
echo "export DATABASE_URL='postgres://cper@127.0.0.1:$port/postgres'"
echo "trap '${as[*]} $bin/pg_ctl -D $folder/data -m immediate stop >/dev/null 2>&1; rm -rf $folder' EXIT"
