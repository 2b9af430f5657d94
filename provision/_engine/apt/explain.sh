#!/usr/bin/env bash
# shellcheck disable=SC2154 # apt's sources and its timeout are set in packages.sh
# Ends the layer's log with the reason why apt could not download something: what was expected, what was found, what to
# do. Sourced, never run; besides apt's own programs it needs only sed and sha256sum.
#
# apt's exit status shows that something failed, and for which repository, since each is updated separately. Available
# versions and pending downloads come from apt's tables. apt's prose, which differs between releases, only selects the
# advice.

# explain REASON MESSAGE EXPECTED FOUND NEXT: read by scripts/lib/bake/failure.ts, which adds more if the network is to
# blame.
explain() {
  local about=network
  case $1 in key | expired-key | revoked-key | forged | unsigned | mismatch | version) about=content ;; esac
  printf '== why: %s\n' "$about" >&2
  shift
  printf '%s\nexpected: %s\nfound: %s\nnext: %s\n' "$@" >&2
}

# reason FILE: one word that classifies apt's errors and warnings, followed by the key's id if they are about a key.
reason() {
  local said pair
  local -a known=(
    'key:(NO_PUBKEY|Missing key) ([0-9A-F]{16,40})'
    'expired-key:(EXPKEYSIG|KEYEXPIRED) ?([0-9A-F]{16,40})?' 'expired-key:Expired on'
    'revoked-key:(REVKEYSIG) ([0-9A-F]{16,40})'
    'forged:BADSIG|has been manipulated'
    'mismatch:Hash Sum mismatch|File has unexpected size'
    'clock:is expired \(invalid since|is not valid yet'
    'absent: 404 | 410 |does not have a Release file'
    'login: 40[13] | 407 '
    'certificate:[Cc]ertificate verif|certificate issuer|SSL connection failed|handshake'
    'slow:timed out|Connection failed|Timeout'
    'unreachable:Could not resolve|Could not connect|Unable to connect|Cannot initiate'
    'unsigned:is not signed'
  )
  said=$(sed -n '/^[EW]: /p' "$1")
  for pair in "${known[@]}"; do
    if [[ $said =~ ${pair#*:} ]]; then
      printf '%s %s\n' "${pair%%:*}" "${BASH_REMATCH[2]-}"
      return
    fi
  done
  printf 'other\n'
}

# error_of FILE: apt's first error, on one line.
error_of() { sed -n 's/^E: //p' "$1" | sed -n '1s/  */ /gp'; }

waited() { printf 'each had %s s per answer and was asked three times, twice over' "$patience"; }

# advice REASON: what to do about the network or a server.
advice() {
  case $1 in
    mismatch | forged) echo 'a mirror in the middle of its update, or a proxy that keeps old files: try again later, or take another mirror' ;;
    clock) echo "set this machine's clock: it says $(date -u '+%F %T') UTC; if it is right, the mirror is no longer updated" ;;
    certificate) echo 'an authority of your own network belongs into mirrors.caBundle of the box file; otherwise check the address and the clock' ;;
    login) echo 'the server or a proxy wants a login: BOXHOUND_MIRROR_AUTH, HTTPS_PROXY in the environment' ;;
    absent) echo 'check address, suite and components; a mirror has to hold all of the repository' ;;
    slow | unreachable) echo 'check the network; a closed one needs mirrors or a proxy in the box file' ;;
    *) echo 'the log says more; if a mirror did not answer, try again' ;;
  esac
}

# explain_lists FILE: for the distribution's own lists.
explain_lists() {
  local why addresses
  read -r why _ < <(reason "$1")
  addresses=$(source_addresses "$apt_own" | sort -u | tr '\n' ' ')
  explain "$why" 'no package lists of the distribution' "lists from ${addresses% }" "$(error_of "$1"); $(waited)" "$(advice "$why")"
}

# explain_repository FILE ADDRESS SUITE COMPONENTS CANONICAL KEYS: for the lists of a repository that this layer adds.
explain_repository() {
  local said=$1 address=$2 suite=$3 components=$4 canonical=$5 keys=$6 why id name=$5
  local signed="a signature by ${keys// / or }"
  local declared='where the repository is declared: agent.repository of the box file, or repository of the database.yaml'
  read -r why id < <(reason "$said")
  [[ $address == "$canonical" ]] || name="$canonical (by $address)"
  case $why in
    key)
      explain key "the repository $name is signed by a key that this box does not list" "$signed" "one by $id" \
        "its publisher may have rotated its key: compare the announcement with the key found, then list it $declared"
      ;;
    expired-key | revoked-key)
      explain "$why" "the repository $name is signed by a key that is no longer good" "$signed" "a signature by ${id:-it}, $why" \
        "its publisher has to sign anew: try again later, take another mirror, or list the new key $declared"
      ;;
    forged) explain forged "the repository $name is not what was signed" "$signed" "$(error_of "$said")" "$(advice forged)" ;;
    unsigned) explain unsigned "the repository $name is not signed" "$signed" 'none' 'take a mirror that has InRelease too, unchanged' ;;
    mismatch)
      explain mismatch "the lists of the repository $name do not fit its signed Release file" "the list of suite $suite, component $components as it was signed" \
        "$(error_of "$said")" "$(advice mismatch)"
      ;;
    *)
      explain "$why" "no lists of the repository $name" "suite $suite, component $components at $address" "$(error_of "$said"); $(waited)" "$(advice "$why")"
      ;;
  esac
}

# require_versions PACKAGE…: fails unless some source has every NAME=VERSION among them.
require_versions() {
  local package name version one rest
  local -a there
  for package in "$@"; do
    [[ $package == *=* ]] || continue
    name=${package%%=*} version=${package#*=} there=()
    while IFS='| ' read -r one version_there rest; do
      [[ $one == "$name" ]] && there+=("$version_there")
    done < <(apt-cache "${apt_places[@]}" madison "$name")
    [[ " ${there[*]} " != *" $version "* ]] || continue
    if [[ ${#there[@]} -eq 0 ]]; then
      explain version "no source has a package $name" "$package" 'no version of it' 'check address, suite and components of the repository'
    else
      explain version "no source has $name $version" "$package" "the newest there are: ${there[*]:0:5}" \
        "ask for one that is there by agent.version or database.version in the box file; of the Agent, 1:7.NN.P-1 is 7.NN.P"
    fi
    return 1
  done
}

# explain_download FILE 'ADDRESS' NAME BYTES HASH: for a download that is still missing, as --print-uris lists it.
explain_download() {
  local said=$1 address=${2//\'/} name=$3 bytes=$4 hash=$5 why found
  local failed=/var/cache/apt/archives/partial/$name.FAILED
  read -r why _ < <(reason "$said")
  case $why in
    mismatch) if [[ -s $failed ]]; then found="other content, SHA256:$(sha256sum <"$failed" | cut -c1-64)"; else found='another size'; fi ;;
    absent) found='no such file there' ;;
    *) found=$(error_of "$said") ;;
  esac
  explain "$why" "$address could not be downloaded" "$bytes bytes, $hash, as the signed lists say" "$found" "$(advice "$why")"
}
