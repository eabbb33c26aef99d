#!/usr/bin/env bash
# Runs a command, and starts it again whenever it is killed (SIGKILL), as a service manager would. Any other end is its end.
#   scripts/keep-up.sh COMMAND [ARGUMENT...]
set -uo pipefail

export TIELINE_STARTED_AGAIN=1
child=
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
while true; do
  "$@" &
  child=$!
  # A signal that is passed on ends the wait, not the command.
  while true; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  [ "$code" -eq 137 ] || exit "$code"
  echo "It was killed, and is started again." >&2
  sleep 1
done
