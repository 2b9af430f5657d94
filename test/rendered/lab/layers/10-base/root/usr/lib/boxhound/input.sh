# Sourced by the steps of the first boot (POSIX sh). Inputs of this instance come as systemd credentials `boxhound.NAME`, or from the
# seed file /etc/boxhound/seed.env, lines of NAME=VALUE. The credential wins.
# shellcheck shell=sh

# BOXHOUND_SEED: another file with such lines (take-inputs).
seed_file=${BOXHOUND_SEED:-${BOXHOUND_ROOT:-}/etc/boxhound/seed.env}

# Prints the input called $1 as a credential (dd_api_key) and $2 in the seed file (DD_API_KEY); nothing when it wasn't given.
# Values never stand in an argument list: only built-ins touch them.
input() {
  if [ -n "${CREDENTIALS_DIRECTORY:-}" ] && [ -f "$CREDENTIALS_DIRECTORY/boxhound.$1" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      printf '%s\n' "$line"
    done <"$CREDENTIALS_DIRECTORY/boxhound.$1"
  elif [ -f "$seed_file" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        "$2="*) printf '%s\n' "${line#"$2="}" ;;
      esac
    done <"$seed_file"
  fi
}

# Ends the step as failed; the line is its message in the record, so it must never carry a value that was given.
fail() {
  printf '%s\n' "$1"
  exit 1
}
