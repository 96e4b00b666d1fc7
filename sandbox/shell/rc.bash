
# Everything is defined before the learner's own file is read, so that none of
# their aliases gets into it. Only what bash can do without starting a process
# is used between two prompts; the one process is the hook. The learner may have
# said `set -eu`: every status that is not 0 is looked at.

_kihon_here=$PWD
_kihon_first=1  # no prompt call of this shell has been answered yet
_kihon_typed=1  # a command runs, or may run
_kihon_more=0   # the command being typed goes on over several lines
_kihon_busy=0   # the hook runs, or was cut short
_kihon_gone=0   # the learner knows that the session has ended
_kihon_live=0   # this bash tells whether a command was typed, and can redraw
_kihon_phase=0  # of showing news, see _kihon_winch
_kihon_lines=   # the terminal's rows at the first step of that
_kihon_scroll=0 # the learner has horizontal-scroll-mode on
_kihon_quits=0  # 2 after a quit that bash refused, 1 at the prompt after it
_kihon_status=0 # of the last command
_kihon_number=
_kihon_prefix=

_kihon_word() { # NAME COMMAND
  if type -t "$1" >/dev/null; then
    printf '%s\n' "$1" >>"$_kihon_dir/taken"
  else
    eval "$1() { $2; }"
  fi
}

# _kihon_quit ends the shell like exit. bash refuses once while jobs are
# stopped, and goes by the command before, which in a function is another one;
# after jobs it does not refuse.
_kihon_quit() {
  if ((_kihon_quits == 1)); then jobs >/dev/null; fi
  _kihon_quits=2
  exit 0
}

_kihon_save() {
  _kihon_status=$?
  return "$_kihon_status"
}

_kihon_load() { return "$_kihon_status"; }

# _kihon_prompt asks the session what to show before this prompt.
_kihon_prompt() { # STATUS
  local answer=0
  _kihon_status=$1
  if ((_kihon_quits)); then _kihon_quits=$((_kihon_quits - 1)); fi
  if ((_kihon_phase)); then _kihon_settle; fi
  if ((_kihon_busy)); then
    answer=1 # Ctrl-C ended the last call: the prompt comes at once
  elif ! [[ -d $_kihon_dir ]]; then
    answer=69
  else
    _kihon_note
    _kihon_busy=1
    (
      trap '' TSTP
      KIHON_SESSION=$_kihon_socket exec "${_kihon_hook[@]}" \
        "$_kihon_dir" "$1" "${COLUMNS:-0}" "$_kihon_first" "$((_kihon_typed && !_kihon_first))"
    ) || answer=$?
  fi
  _kihon_busy=0
  case $answer in
  0) _kihon_first=0 _kihon_gone=0 ;;
  69)
    if ! ((_kihon_gone)); then printf '%s\n' "$_kihon_ended"; fi
    _kihon_gone=1
    # Without its parent this shell would fight another one for the terminal.
    kill -0 "$_kihon_parent" 2>/dev/null || kill -HUP $$
    ;;
  esac
  if ((_kihon_live)); then _kihon_decorate; fi
  _kihon_typed=$((!_kihon_live)) _kihon_more=0
}

# _kihon_note leaves the line that was just run for the hook: only a line that
# the history has newly taken up, so that what the learner keeps out of it
# stays out of here.
_kihon_note() {
  local number=
  HISTTIMEFORMAT='' history 1 >|"$_kihon_dir/command"
  IFS=' ' read -r number _ <"$_kihon_dir/command" || :
  if [[ $number == "$_kihon_number" ]] || ((_kihon_first)); then
    : >|"$_kihon_dir/command"
  fi
  _kihon_number=$number
}

# _kihon_decorate puts the prefix before the learner's prompt, behind its empty
# lines. Programs of theirs may set PS1 anew before every prompt.
_kihon_decorate() {
  local blank=
  if [[ -s $_kihon_dir/prefix ]]; then IFS= read -r _kihon_prefix <"$_kihon_dir/prefix" || :; fi
  # shellcheck disable=SC2016 # bash itself expands it, in the prompt
  if [[ $PS1 == *'${_kihon_prefix}'* ]]; then return; fi
  while :; do
    case $PS1 in
    '\n'*) blank+='\n' PS1=${PS1:2} ;;
    $'\n'*) blank+=$'\n' PS1=${PS1:1} ;;
    *) break ;;
    esac
  done
  # shellcheck disable=SC2016
  PS1=$blank'${_kihon_prefix}'$PS1
}

# _kihon_winch shows news while the learner sits at the prompt. readline itself
# takes its line away and draws it again when the terminal's size changes, and
# it does so before this trap runs; it does not say on which of its rows the
# cursor is. So there are three steps, each on a signal from the session:
#   1. have the line drawn on one row from now on;
#   2. (the line has been drawn anew) write the news over that row, and give
#      the line all its rows again;
#   3. (the line has been drawn anew) done.
# bash forgets a signal that comes while the trap runs, so the session repeats
# it until it finds the step's number in the file ack. A repeated signal must do
# no harm: LINES tells whether the size has changed since the first step.
_kihon_winch() {
  local news='' above='' rows=''
  if ((_kihon_typed)); then # not at a prompt
    if ((_kihon_phase)); then _kihon_settle; fi
    return
  fi
  case $_kihon_phase in
  0)
    if ! [[ -s $_kihon_dir/news ]]; then return; fi
    _kihon_phase=1 _kihon_lines=${LINES-}
    if ! ((_kihon_scroll)); then bind 'set horizontal-scroll-mode on' || :; fi
    ;;
  1)
    if [[ -s $_kihon_dir/news ]]; then
      if [[ ${LINES-} == "$_kihon_lines" ]]; then return; fi
      IFS= read -r -d '' news <"$_kihon_dir/news" || :
    fi
    if [[ -z $news ]]; then # taken back
      _kihon_settle
      return
    fi
    : >|"$_kihon_dir/news"
    if ((_kihon_plain)); then
      printf '\n%s' "$news"
    else
      if ! ((_kihon_more)); then
        # For a prompt that shows $?.
        if _kihon_load; then above=${PS1@P}; else above=${PS1@P}; fi
      fi
      case $above in
      *$'\n'*) above=${above%$'\n'*}$'\n' above=${above//[$'\001\002']/} ;;
      *) above='' ;;
      esac
      rows=${above//[!$'\n']/}
      if [[ $rows ]]; then printf '\e[%dA' "${#rows}"; fi
      printf '\r\e[J%s%s' "$news" "$above"
    fi
    _kihon_settle
    _kihon_phase=2
    ;;
  2) _kihon_phase=3 ;;
  esac
  printf '%d' "$_kihon_phase" >|"$_kihon_dir/ack"
  if ((_kihon_phase == 3)); then _kihon_phase=0; fi
}

_kihon_settle() {
  _kihon_phase=0
  if ! ((_kihon_scroll)); then bind 'set horizontal-scroll-mode off' || :; fi
}

_kihon_start() {
  local theirs
  if [[ $PWD != "$_kihon_here" ]]; then builtin cd -- "$_kihon_here" || return; fi
  _kihon_environment
  _kihon_words
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    PROMPT_COMMAND+=('_kihon_prompt "$?"')
  else
    # shellcheck disable=SC2128,SC2178 # no array yet, in these versions
    PROMPT_COMMAND=$'_kihon_save\n'$PROMPT_COMMAND$'\n_kihon_prompt "$_kihon_status"'
  fi
  # Before 4.4 there is no PS0, and without promptvars nothing expands it.
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)) || ! shopt -q promptvars; then return; fi
  _kihon_live=1
  # Both expand to nothing, and set a variable of this shell as they do.
  # shellcheck disable=SC2016
  PS0+='${_kihon_dir:0:$((_kihon_typed=1,0))}' PS2+='${_kihon_dir:0:$((_kihon_more=1,0))}'
  if [[ $(bind -v 2>/dev/null) == *'horizontal-scroll-mode on'* ]]; then _kihon_scroll=1; fi
  if [[ ${TERM-} == dumb ]]; then _kihon_plain=1; fi
  eval "theirs=($(trap -p WINCH))" # trap -- COMMAND SIGWINCH
  trap -- "${theirs[2]:-:}"$'\n_kihon_winch' WINCH
}

# shellcheck disable=SC1090 # the learner's own
if [[ -r ~/.bashrc ]]; then . ~/.bashrc; fi
_kihon_start
