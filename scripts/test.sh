#!/usr/bin/env bash
# Runs the built test programmes against a private PostgreSQL and the system's Chromium. Called by ./tieline test.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
order=(Architecture Modules Scenarios Browser)

fail() { echo "tieline: $1" >&2; exit 1; }

filter=
selection=(-trait- Category=Long)
limit=25m
for argument in "$@"; do
  case $argument in
    --all) selection=() limit=4h; export TIELINE_TEST_ALL=1 ;;
    -*) fail "usage: ./tieline test [--all] [FILTER]" ;;
    *) [ -z "$filter" ] || fail "usage: ./tieline test [--all] [FILTER]"; filter=$argument ;;
  esac
done
[ -z "$filter" ] || selection+=(-method "*$filter*")
[ -t 1 ] || selection+=(-noColor)

find_chromium() {
  local name
  # The one that has no window at all takes two thirds of the time.
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    type -P "$name" && return
  done
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null ||
    fail "Chromium is missing; install it (Debian: apt-get install chromium)"
  echo "Installing Chromium ..." >&2
  export DEBIAN_FRONTEND=noninteractive
  for name in chromium-headless-shell chromium; do
    { apt-get install -y --no-install-recommends "$name" ||
      { apt-get update && apt-get install -y --no-install-recommends "$name"; }; } >/dev/null 2>&1 || true
    type -P "$name" && return
  done
  fail "Chromium is missing and apt-get could not install it"
}

# Each test copies and drops a database of some 800 files: on a disk that costs five times as much as in memory.
if [ -d /dev/shm ] && [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -n 1)" -ge 4000000 ]; then
  TMPDIR=$(mktemp -d -p /dev/shm tieline.XXXXXX)
else
  TMPDIR=$(mktemp -d)
fi
export TMPDIR
chmod 755 "$TMPDIR"
results=$(mktemp -d)
cluster=$(mktemp -d)
cleanup() {
  "$root/scripts/postgres.sh" stop "$cluster" || true
  rm -rf "$TMPDIR"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

TIELINE_CHROMIUM=$(find_chromium)
TIELINE_TEST_POSTGRES=$("$root/scripts/postgres.sh" start "$cluster")
export TIELINE_CHROMIUM TIELINE_TEST_POSTGRES

passed=0 failed=0 skipped=0

# The number an attribute has in all <assembly> elements of a result file, added up.
count() { grep -oE '<assembly [^>]*' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'; }

run() {
  local name=$1 xml=$results/$1.xml began=$SECONDS code=0 failures
  local programme=$root/tests/$name/bin/Release/net10.0/Tieline.Tests.$name.dll
  echo "$name"
  if [ ! -f "$programme" ]; then
    echo "  was not built; is it in Tieline.slnx?"
    failed=$((failed + 1))
    return
  fi
  # In the foreground, so that Ctrl-C reaches the tests too.
  timeout --foreground -k 10 "$limit" dotnet "$programme" -noLogo -noAutoReporters -culture invariant -reporter quiet \
    -xml "$xml" "${selection[@]}" || code=$?
  if [ "$code" -ge 128 ] && [ ! -s "$xml" ] && [ "$code" -eq 130 ]; then exit 130; fi
  if [ ! -s "$xml" ]; then
    if [ "$code" -eq 124 ]; then echo "  did not end within $limit"; else echo "  crashed (exit code $code, no results)"; fi
    failed=$((failed + 1))
    return
  fi
  failures=$(($(count "$xml" failed) + $(count "$xml" errors)))
  passed=$((passed + $(count "$xml" passed)))
  skipped=$((skipped + $(count "$xml" skipped)))
  if [ "$code" -ne 0 ] && [ "$failures" -eq 0 ]; then
    echo "  crashed (exit code $code after its results were written)"
    failures=1
  fi
  failed=$((failed + failures))
  echo "  $(count "$xml" passed) passed, $failures failed, $((SECONDS - began)) s"
}

others=$(cd "$root/tests" && ls -d */ | tr -d / | grep -vxE "Support|$(IFS='|'; echo "${order[*]}")" || true)
for name in "${order[@]}" $others; do
  if [ -f "$root/tests/$name/$name.csproj" ]; then run "$name"; fi
done

if [ $((passed + failed)) -eq 0 ]; then echo "No test ran${filter:+: no test has \"$filter\" in its name}."; fi
summary="$passed passed, $failed failed"
if [ "$skipped" -gt 0 ]; then summary+=", $skipped skipped"; fi
cleanup
trap - EXIT
echo "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
