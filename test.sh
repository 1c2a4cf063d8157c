#!/usr/bin/env bash
# Installs what the tests need, builds everything with warnings as errors, checks the layout, and runs every test project.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if some passed and none failed.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'TEXT'
Usage: ./test.sh [pattern...]

Runs every test project, or those whose name contains one of the patterns:
  ./test.sh                 everything
  ./test.sh Core Storage    Setpoint.Core.Tests and Setpoint.Storage.Tests

Variables:
  CI=true                     restore exactly what the lock files name
  SETPOINT_TEST_MINUTES       minutes that one project may take (default 15)
  SETPOINT_SKIP_FORMAT=1      leave the check of the layout out
TEXT
}

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
    usage
    exit 0
fi

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }

# 1. What the machine must have. Each need is a command or a library, and the Debian package that brings it.
missing=()
command -v git >/dev/null 2>&1 || missing+=(git)
{ ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true; } | grep -q 'libsqlite3\.so\.0' || missing+=(libsqlite3-0)
# Wanted, not needed: without it the tests that make the disk fail skip and say so.
if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null 2>&1; then
    command -v strace >/dev/null 2>&1 || missing+=(strace)
fi
if ((${#missing[@]} > 0)); then
    if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null 2>&1; then
        say "Installing ${missing[*]}"
        apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
            { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >/dev/null ||
            stop "could not install ${missing[*]}; install them by hand and run this again."
    else
        stop "missing: ${missing[*]}. On Debian or Ubuntu: sudo apt-get install ${missing[*]}. Elsewhere install git and SQLite 3 (its shared library)."
    fi
fi

command -v dotnet >/dev/null 2>&1 ||
    stop "the .NET SDK 10 is missing. Install it from https://dot.net, or on Debian and Ubuntu with Microsoft's feed: sudo apt-get install dotnet-sdk-10.0."
sdk="$(dotnet --version 2>/dev/null)" ||
    stop "no .NET SDK here satisfies global.json, which asks for 10.0; 'dotnet --list-sdks' shows: $(cd / && dotnet --list-sdks | tr '\n' ' ')"
[[ "$sdk" == 10.* ]] || stop "the .NET SDK is $sdk; 10.0 is needed."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Servers must not outlive the build that shares their files.
export MSBUILDDISABLENODEREUSE=1

# 2. Build.
say "Restore (SDK $sdk)"
restore=(Setpoint.slnx -v quiet)
[[ "${CI:-}" == "true" ]] && restore+=(--locked-mode)
dotnet restore "${restore[@]}" ||
    stop "restore failed. If a package was changed on purpose, run 'dotnet restore' and commit the packages.lock.json files."

say "Build (Release, warnings are errors)"
dotnet build Setpoint.slnx -c Release --no-restore -v quiet -clp:NoSummary -p:UseSharedCompilation=false

if [[ "${SETPOINT_SKIP_FORMAT:-}" != 1 ]]; then
    say "Layout"
    # The analyzers, the third part of dotnet format, have just run as errors of the build.
    for part in whitespace style; do
        dotnet format "$part" Setpoint.slnx --no-restore --verify-no-changes ||
            stop "$part differs from .editorconfig; 'dotnet format $part' mends it."
    done
fi

# 3. Run. Found by pattern, so that a new project is never forgotten.
passed=0 failed=0 skipped=0
summary=()
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
for project in tests/*.Tests tests/Setpoint.Faults; do
    name="$(basename "$project")"
    [[ -f "$project/$name.csproj" ]] || continue
    if (($# > 0)); then
        wanted=no
        for pattern in "$@"; do [[ "$name" == *"$pattern"* ]] && wanted=yes; done
        [[ "$wanted" == yes ]] || continue
    fi

    say "$name"
    start=$SECONDS
    code=0
    timeout --kill-after=10 "$((${SETPOINT_TEST_MINUTES:-15} * 60))" \
        "$project/bin/Release/net10.0/$name" --no-ansi --no-progress --ignore-exit-code 8 </dev/null 2>&1 | tee "$log" || code="${PIPESTATUS[0]}"
    count() { sed -n "s/^ *$1: \([0-9][0-9]*\)$/\1/p" "$log" | tail -n 1; }
    p="$(count succeeded)" f="$(count failed)" s="$(count skipped)"
    p="${p:-0}" f="${f:-0}" s="${s:-0}"
    note=""
    # A run that crashed, hung or could not start has no summary, or says nothing of a failure: it is one.
    if ((code != 0 && f == 0)); then
        f=1
        note=" (ended with code $code)"
        ((code != 124)) || note=" (out of time)"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    summary+=("$(printf '%-28s %5d passed %4d failed %4d skipped %5ds%s' "$name" "$p" "$f" "$s" "$((SECONDS - start))" "$note")")
done

say "Summary"
((${#summary[@]} == 0)) || printf '%s\n' "${summary[@]}"
((passed + failed > 0)) || printf 'test.sh: no test ran.\n' >&2
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((passed > 0 && failed == 0))
