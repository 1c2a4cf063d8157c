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
  SETPOINT_TEST_MINUTES       minutes that one project may take (default 30)
  SETPOINT_SKIP_FORMAT=1      leave the check of the layout out
TEXT
}

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
    usage
    exit 0
fi

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }

# What comes over a network fails now and then, and works a moment later. Only for that: a test is never run twice.
patiently() {
    local pause
    for pause in 5 20 60; do
        "$@" && return 0
        printf 'test.sh: "%s" failed; once more in %d s.\n' "$*" "$pause" >&2
        sleep "$pause"
    done
    "$@"
}

# 1. What the machine must have. Each need is a command or a library, and the Debian package that brings it.
missing=() wanted=()
command -v git >/dev/null 2>&1 || missing+=(git)
{ ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true; } | grep -q 'libsqlite3\.so\.0' || missing+=(libsqlite3-0)
# Wanted, not needed: without it the tests that make the disk fail skip and say so.
if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null 2>&1; then
    command -v strace >/dev/null 2>&1 || wanted+=(strace)
fi
install() {
    # A mirror that does not answer, and another process that installs something, are waited for.
    local apt=(apt-get -qq -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o DPkg::Lock::Timeout=120)
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1 ||
        { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } >/dev/null
}
if ((${#missing[@]} > 0)); then
    if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null 2>&1; then
        say "Installing ${missing[*]}"
        patiently install "${missing[@]}" ||
            stop "could not install ${missing[*]}; install them by hand and run this again."
    else
        stop "missing: ${missing[*]}. On Debian or Ubuntu: sudo apt-get install ${missing[*]}. Elsewhere install git and SQLite 3 (its shared library)."
    fi
fi

if ((${#wanted[@]} > 0)); then
    say "Installing ${wanted[*]}"
    install "${wanted[@]}" || printf 'test.sh: could not install %s; the tests that need it skip and say so.\n' "${wanted[*]}" >&2
fi

command -v dotnet >/dev/null 2>&1 ||
    stop "the .NET SDK 10 is missing. Install it from https://dot.net, or on Debian and Ubuntu with Microsoft's feed: sudo apt-get install dotnet-sdk-10.0."
sdk="$(dotnet --version 2>/dev/null)" ||
    stop "no .NET SDK here satisfies global.json, which asks for 10.0; 'dotnet --list-sdks' shows: $(cd / && dotnet --list-sdks | tr '\n' ' ')"
[[ "$sdk" == 10.* ]] || stop "the .NET SDK is $sdk; 10.0 is needed."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Servers must not outlive the build that shares their files.
export MSBUILDDISABLENODEREUSE=1
# An account without a home has nowhere to keep packages.
if [[ -z "${HOME:-}" || ! -w "${HOME:-}" ]]; then
    HOME="$(mktemp -d)"
    export HOME
fi

# 2. Build.
say "Restore (SDK $sdk)"
restore=(Setpoint.slnx -v quiet)
[[ "${CI:-}" == "true" ]] && restore+=(--locked-mode)
restore_packages() {
    local said code=0
    said="$(dotnet restore "${restore[@]}" 2>&1)" || code=$?
    printf '%s' "${said:+$said$'\n'}"
    # Lock files that do not fit will not fit in a minute.
    [[ "$said" != *NU1004* ]] || stop "the packages.lock.json files do not fit the projects; run 'dotnet restore' and commit them."
    return "$code"
}
patiently restore_packages ||
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
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
minutes="${SETPOINT_TEST_MINUTES:-30}"
for project in tests/*.Tests tests/Setpoint.Faults; do
    name="$(basename "$project")"
    [[ -f "$project/$name.csproj" ]] || continue
    if (($# > 0)); then
        wanted=no
        for pattern in "$@"; do [[ "$name" == *"$pattern"* ]] && wanted=yes; done
        [[ "$wanted" == yes ]] || continue
    fi

    say "$name"
    log="$work/$name.log"
    start=$SECONDS
    code=0
    # Tests that run for minutes are told: the last ones told are those that hung, if time runs out.
    timeout --kill-after=10 "$((minutes * 60))" \
        "$project/bin/Release/net10.0/$name" --no-ansi --no-progress --ignore-exit-code 8 --long-running 60 --xunit-diagnostics on </dev/null 2>&1 |
        tee "$log" || code="${PIPESTATUS[0]}"
    took=$((SECONDS - start))
    count() { sed -n "s/^ *$1: \([0-9][0-9]*\)$/\1/p" "$log" | tail -n 1; }
    p="$(count succeeded)" f="$(count failed)" s="$(count skipped)"
    p="${p:-0}" f="${f:-0}" s="${s:-0}"
    note=""
    # A run that crashed, hung or could not start has no summary, or says nothing of a failure: it is one.
    if ((code != 0 && f == 0)); then
        f=1
        note=" (ended with code $code)"
        ((took < minutes * 60)) || note=" (out of time)"
        printf '%s%s\n' "$name" "$note" >"$work/$name.end"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    summary+=("$(printf '%-28s %5d passed %4d failed %4d skipped %5ds%s' "$name" "$p" "$f" "$s" "$took" "$note")")
done

# What failed, once more and in short, because the end of a log is what people see: each test's name, its message, where it was, and its
# seed. The log above has all of it.
failures() {
    local lines=40 each
    each=$((lines / (failed > 0 ? failed : 1)))
    ((each >= 4)) || each=4
    for log in "$work"/*.log; do
        awk -v each="$each" '
            function cut(line) { return length(line) > 240 ? substr(line, 1, 240) "..." : line }
            /^failed / { shown = 1; inside = 1; placed = 0; print cut($0); next }
            # Whatever is not indented ends what a test said.
            inside && /^[^ ]/ { inside = 0 }
            !inside || /^ *$/ { next }
            /^    at / { if (!placed && / in .*:[0-9]+$/) { placed = 1; print cut($0) } next }
            # Its output, of which only the seed is worth a line here; messages are shown from their beginning.
            /seed|SEED/ && shown >= each { print cut($0); next }
            shown < each { shown++; print cut($0) }' "$log"
        if [[ -f "${log%.log}.end" ]]; then
            cat "${log%.log}.end"
            # Who hung, and else the last words.
            grep '^\[Long Running Test\]' "$log" | tail -n 3 || grep -v '^ *$' "$log" | tail -n 12 | cut -c1-240 || true
        fi
    done
}

say "Summary"
((${#summary[@]} == 0)) || printf '%s\n' "${summary[@]}"
if ((failed > 0)); then
    say "Failed"
    failures | awk -v lines=48 'NR <= lines { print } END { if (NR > lines) printf "... and %d lines more; the log above has them.\n", NR - lines }'
    echo
fi
((passed + failed > 0)) || printf 'test.sh: no test ran.\n' >&2
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((passed > 0 && failed == 0))
