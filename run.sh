#!/usr/bin/env bash
# Builds and starts a server with the sample configuration. Works from any folder; ./run.sh --help says more.
set -euo pipefail

root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"

usage() {
  cat <<HELP
Usage: ./run.sh [--plain] [--build]

Restores, builds (Release) and starts a Setpoint server that imports and follows a configuration tree.
Ctrl-C stops it. What it knows is kept in the data folder; delete that folder to begin anew.

  --plain  do not compile ahead of time: builds faster, starts slower. Without the compiler's package this is done anyway
  --build  build only, and print the path of the server's program

Environment variables (all others of the server are passed through as well; see its --help below):
  CONFIG_API_PORT       port of the API                (default 3001)
  SETPOINT_BIND         address to listen on           (default 127.0.0.1)
  SETPOINT_DATA         data folder                    (default $root/data)
  SETPOINT_CONFIG_TREE  tree to import and follow      (default $root/samples/quickstart/config)
  LOG_LEVEL             error, warn, info or debug     (default info)

The server itself: dotnet "\$($root/run.sh --build)" --help
HELP
}

fail() {
  printf 'run.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

ahead=yes start=yes
for option in "$@"; do
  case "$option" in
    --plain) ahead=no ;;
    --build) start=no ;;
    -h | --help) usage; exit 0 ;;
    *) fail "'$option' is not understood; ./run.sh --help says what is." 2 ;;
  esac
done

command -v dotnet > /dev/null ||
  fail 'the .NET 10 SDK is needed, and there is no dotnet on the PATH. Get it from https://dotnet.microsoft.com/download/dotnet/10.0'
sdks="$(dotnet --list-sdks)"
grep -q '^10\.' <<< "$sdks" ||
  fail "the .NET 10 SDK is needed; this dotnet has: $(cut -d' ' -f1 <<< "$sdks" | paste -sd' '). Get it from https://dotnet.microsoft.com/download/dotnet/10.0"

port="${CONFIG_API_PORT:-3001}"
bind="${SETPOINT_BIND:-127.0.0.1}"
export SETPOINT_DATA="${SETPOINT_DATA:-$root/data}"
export SETPOINT_CONFIG_TREE="${SETPOINT_CONFIG_TREE:-$root/samples/quickstart/config}"

# Where a caller on this machine finds a server that listens on every address.
case "$bind" in
  0.0.0.0 | '' | localhost) host=127.0.0.1 ;;
  ::) host=::1 ;;
  *) host="$bind" ;;
esac
case "$host" in
  *:*) url="http://[$host]:$port" ;;
  *) url="http://$host:$port" ;;
esac

answers() { (exec 3<> "/dev/tcp/$host/$port") 2> /dev/null; }

# Before the build, so that nobody waits for it in vain. The server itself checks again.
if [[ $start == yes && "$port" =~ ^[1-9][0-9]*$ ]] && answers; then
  fail "port $port on $host is taken. Stop the process that holds it, or choose another port: CONFIG_API_PORT=3002 ./run.sh"
fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Both in the repository's folder, whose global.json chooses the SDK.
build_ahead() {
  # For this machine's system and processor, which the SDK knows; in a folder of its own, so that other builds are not disturbed.
  (cd "$root" && dotnet publish -c Release --nologo -v quiet -p:PublishReadyToRun=true --artifacts-path artifacts src/Setpoint.Server/Setpoint.Server.csproj)
}
build_plain() {
  (cd "$root" && dotnet build -c Release --nologo -v quiet src/Setpoint.Server/Setpoint.Server.csproj)
}

# Of the build and not of the answer: `--build` prints one line to stdout, the path.
printf 'Building (the first time takes a minute) ...\n' >&2
if [[ $ahead == yes ]] && ! said="$(build_ahead 2>&1)"; then
  # Most likely the compiler's package cannot be had: no network, or none for this machine. If the code itself is wrong, the plain build says so.
  ahead=no
  why="$(grep -m 1 -oE '(error|warning) [A-Z]+[0-9]+: .*' <<< "$said" || tail -n 1 <<< "$said")"
  printf 'run.sh: not compiled ahead of time, so the server starts more slowly and is the same otherwise: %s\n' "${why:0:300}" >&2
fi
if [[ $ahead == yes ]]; then
  program="$root/artifacts/publish/Setpoint.Server/release/Setpoint.Server.dll"
else
  build_plain >&2 || fail 'the build failed; the messages above say why.'
  program="$root/src/Setpoint.Server/bin/Release/net10.0/Setpoint.Server.dll"
fi

if [[ $start == no ]]; then
  printf '%s\n' "$program"
  exit 0
fi

mkdir -p -- "$SETPOINT_DATA" || fail "the data folder $SETPOINT_DATA cannot be made; set SETPOINT_DATA to one that can."
data="$(cd -- "$SETPOINT_DATA" && pwd)"
if [[ -n "${SETPOINT_ADMIN_KEY:-}" ]]; then
  key_place='in SETPOINT_ADMIN_KEY'
  key='$SETPOINT_ADMIN_KEY'
else
  key_place="in $data/admin.key"
  key="\$(cat '$data/admin.key')"
fi

announce() {
  cat <<READY

  Setpoint answers at  $url
  The admin key is     $key_place
  It follows           $SETPOINT_CONFIG_TREE  (save a file there, and it is in effect)

  Try next, in another terminal:

  # what notification-service gets in production, and which layer each value is from
  curl -s -H "Authorization: Bearer $key" "$url/api/config/notification-service?environment=production&explain=true"

  # change one value
  curl -s -X PUT -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d '{"value":120,"description":"calmer"}' "$url/api/config/notification-service/keys/rateLimit.perMinute?environment=production"

  # who changed what, and when
  curl -s -H "Authorization: Bearer $key" "$url/api/config/notification-service/history?environment=production"

READY
}

# Told by a watcher beside the server once it answers; it ends with the server ($$ is the server after exec) or after a minute.
if [[ "$port" =~ ^[1-9][0-9]*$ ]]; then
  (
    for _ in {1..600}; do
      kill -0 $$ 2> /dev/null || exit 0
      if answers; then
        announce
        exit 0
      fi
      sleep 0.1
    done
  ) &
fi

# exec: Ctrl-C and kill reach the server itself, and its exit code is ours.
exec dotnet "$program"
