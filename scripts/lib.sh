# What the scripts share. Sourced, not run.

# The repository, from wherever and through whatever link the script is called.
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)"

say() { echo "[${0##*/}] $*" >&2; }

fail() {
  say "$1"
  exit "${2:-1}"
}

# The number of the version that a JDK or JRE says of itself in its release file; nothing if it has none.
release_of() {
  local home line
  home="$(dirname "$(readlink -f "$(command -v "$1")")")/.."
  [ -r "$home/release" ] || return 0
  while IFS= read -r line; do
    case "$line" in
      JAVA_VERSION=\"*) line="${line#JAVA_VERSION=\"}" && echo "${line%%[!0-9]*}" ;;
    esac
  done <"$home/release"
}

# Sets java to a JDK's or JRE's launcher of version 17 or newer, and java_version to its number.
need_java() {
  java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
  command -v "$java" >/dev/null 2>&1 \
    || fail "no Java found: install a JDK 17 or newer, or set JAVA_HOME"
  java_version="$(release_of "$java")"
  # A launcher without that file beside it has to be asked, which takes a while.
  [ -n "$java_version" ] \
    || java_version="$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)"
  [ "${java_version:-0}" -ge 17 ] \
    || fail "Java ${java_version:-of an unknown version} found ($java): Warren needs 17 or newer"
}

# What it takes to build.
need_build_tools() {
  need_java
  command -v "${java}c" >/dev/null 2>&1 || fail "no Java compiler found: install a JDK, not a JRE"
  command -v mvn >/dev/null 2>&1 || fail "no Maven found: install Maven 3.8.1 or newer (mvn)"
}

# Whether a file is missing, or older than a source of the given modules.
is_stale() {
  local built="$1"
  shift
  [ -f "$built" ] || return 0
  local module paths=("$root/pom.xml")
  for module in "$@"; do
    paths+=("$root/$module/pom.xml" "$root/$module/src/main")
  done
  [ -n "$(find "${paths[@]}" -newer "$built" -print -quit)" ]
}

# Builds a module and those it needs, without tests and format checks; the target is what must be there afterwards.
build() {
  local module="$1" target="$2"
  need_build_tools
  say "building $module (the first time Maven downloads what it needs) ..."
  (cd "$root" && mvn -q -B -Dstyle.color=never -pl "$module" -am package -Dmaven.test.skip=true) \
    || fail "the build failed"
  [ -f "$target" ] || fail "the build left no $target"
  touch "$target"
}
