# Sourced by the steps of the first boot (POSIX sh). Inputs of this instance come as systemd credentials `boxhound.NAME`, or from the
# seed file /etc/boxhound/seed.env, lines of NAME=VALUE; `export`, blanks, quotes and other systems' line ends are taken off. The credential wins.
# shellcheck shell=sh

# BOXHOUND_SEED: another file with such lines (take-inputs).
seed_file=${BOXHOUND_SEED:-${BOXHOUND_ROOT:-}/etc/boxhound/seed.env}

readonly seed_names='DD_API_KEY DD_SITE DD_TAGS DD_HOSTNAME SSH_AUTHORIZED_KEY'
carriage_return=$(printf '\r')
byte_order_mark=$(printf '\357\273\277')

# Takes blanks, a carriage return and one pair of quotes off $1: they come from editors, shells and other systems, and belong to no value.
# The result is in $cleaned.
clean() {
  cleaned=${1%"$carriage_return"}
  cleaned=${cleaned#"${cleaned%%[![:space:]]*}"}
  cleaned=${cleaned%"${cleaned##*[![:space:]]}"}
  case $cleaned in
    \"*\" | \'*\')
      [ "${#cleaned}" -lt 2 ] || { cleaned=${cleaned#?} && cleaned=${cleaned%?}; } ;;
  esac
}

# Splits a line of the seed file into $name and $value; both are empty for an empty line and a comment. Returns 1 when there is no name.
# $2 is the line's number.
split_line() {
  name='' value=''
  line=$1
  [ "$2" -gt 1 ] || line=${line#"$byte_order_mark"}
  line=${line%"$carriage_return"}
  line=${line#"${line%%[![:space:]]*}"}
  case $line in
    '' | '#'*) return 0 ;;
    export[[:space:]]*) line=${line#export} && line=${line#"${line%%[![:space:]]*}"} ;;
  esac
  case $line in
    [A-Za-z_]*=*) ;;
    *) return 1 ;;
  esac
  name=${line%%=*}
  name=${name%"${name##*[![:space:]]}"}
  clean "${line#*=}"
  value=$cleaned
}

# Fails the step at a line that cannot be understood, by its number: passed over, it would be destroyed with the file. Every step that reads
# inputs calls this first, since a failure inside of $(input …) would be lost.
check_seed() {
  [ -f "$seed_file" ] || return 0
  number=0 seen=' '
  while IFS= read -r text || [ -n "$text" ]; do
    number=$((number + 1))
    split_line "$text" "$number" || fail "line $number of the seed file is not NAME=value"
    [ -n "$name" ] || continue
    case " $seed_names " in
      *" $name "*) ;;
      *)
        # A name of another shape may be a value in the wrong place: it is not told.
        case $name in
          *[!A-Z_]* | ???????????????????????????*) fail "line $number of the seed file has a name that is none of $seed_names" ;;
          *) fail "line $number of the seed file: $name is none of $seed_names" ;;
        esac
        ;;
    esac
    case $value in
      \"* | \'*) fail "line $number of the seed file: the quotes of $name do not match" ;;
    esac
    case "$seen" in
      *" $name "*) [ "$name" = SSH_AUTHORIZED_KEY ] || fail "line $number of the seed file: $name stands twice" ;;
    esac
    seen="$seen$name "
  done <"$seed_file"
}

# Prints the input called $1 as a credential (dd_api_key) and $2 in the seed file (DD_API_KEY); nothing when it wasn't given.
# Values never stand in an argument list: only built-ins touch them.
input() {
  if [ -n "${CREDENTIALS_DIRECTORY:-}" ] && [ -f "$CREDENTIALS_DIRECTORY/boxhound.$1" ]; then
    while IFS= read -r text || [ -n "$text" ]; do
      clean "$text"
      printf '%s\n' "$cleaned"
    done <"$CREDENTIALS_DIRECTORY/boxhound.$1"
  elif [ -f "$seed_file" ]; then
    number=0
    while IFS= read -r text || [ -n "$text" ]; do
      number=$((number + 1))
      split_line "$text" "$number" || continue
      [ "$name" != "$2" ] || printf '%s\n' "$value"
    done <"$seed_file"
  fi
}

# Ends the step as failed; the line is its message in the record, so it must never carry a value that was given.
fail() {
  printf '%s\n' "$1"
  exit 1
}
