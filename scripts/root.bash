# shellcheck shell=bash
# For scripts that change the machine: root's rights, quiet commands, and one
# way of talking. To be sourced; name is what stands before every line.

# Root's PATH has no sbin in it after a plain su.
# shellcheck disable=SC2034 # used by the scripts that run a command for their caller
readonly callers_path=$PATH
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# What other programs print goes here.
mkdir -p bin
readonly log=$PWD/bin/${name:?}.log

# t puts a message into the language of the caller. The messages stand in
# English where they are said, as formats for printf, and in ja.bash.
case ${KIHON_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
ja*) . scripts/ja.bash ;;
*) japanese() { return 1; } ;;
esac
t() { # FORMAT [ARG]...
  local format=''
  format=$(japanese "$1") || format=$1
  shift
  # shellcheck disable=SC2059 # a format it is
  printf "$format" "$@"
}

say() { printf '%s: %s\n' "$name" "$(t "$@")" >&2; }

# fail ends the script: a line on what is wrong, and lines on what to do.
fail() {
  printf '%s: %s\n' "$name" "$1" >&2
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  exit 1
}

last_lines() { # FILE
  printf '  %s\n' "$(t 'the last lines of %s:' "$1")" >&2
  tail -n 8 "$1" 2>/dev/null | sed 's/^/  | /' >&2
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [[ $(id -u) == 0 ]]; }

as_root() { if is_root; then "$@"; else sudo -- "$@"; fi; }

# need_root ends the script when there is no way to become root.
need_root() { # WHAT FOR
  if is_root; then return; fi
  if ! has sudo; then
    fail "$(t '%s: only root may do that, and there is no sudo.' "$1")" \
      "$(t 'Become root (su -), come back to this folder and run this again.')"
  fi
  # Without a terminal nobody can type a password.
  if sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; then return; fi
  fail "$(t '%s: only root may do that, and sudo wants a password.' "$1")" "$(t 'Run this in a terminal, or as root.')"
}

# quietly runs a command as root and keeps what it prints in the log. A package
# may start a service that runs for ever, so the command gets nothing of ours:
# no standard input, and no pipe at whose other end somebody waits for its end.
quietly() (
  exec </dev/null >>"$log" 2>&1
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    if ((fd > 2)); then eval "exec $fd>&-"; fi
  done
  printf -- '--- %s\n' "$*"
  as_root "$@"
)

# question asks yes or no on a terminal. Elsewhere, and with YES=1, it is yes.
question() {
  local answer=''
  if [[ ${YES:-} == 1 || ! -t 0 || ! -t 2 ]]; then return 0; fi
  printf '%s: %s [Y/n] ' "$name" "$(t "$@")" >&2
  read -r answer || return 1
  [[ -z $answer || $answer == [yY]* ]]
}

# candidate reports whether apt knows a version of a package.
candidate() {
  local policy=''
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null) && [[ $policy == *'  Candidate: '[!\(]* ]]
}

apt_get() {
  # needrestart would ask which services to start anew.
  quietly env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -y \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"
}

# install_packages installs what it is told. A fresh machine has no list of
# packages, and an old list names files that are no longer there.
install_packages() {
  local package='' known=1
  for package in "$@"; do
    if ! candidate "$package"; then known=0; fi
  done
  if ((known)) && apt_get install --no-install-recommends "$@"; then return; fi
  apt_get update && apt_get install --no-install-recommends "$@"
}
