#!/usr/bin/env bash
# Replaces the addresses of a distribution's own archive with a mirror's in apt sources. Sourced, never run; needs
# nothing but bash, since it runs in any target.
#
# A source counts as the distribution's own archive if it has an address that Debian or Ubuntu publish, or if it
# requires their archive key, as in an image that was itself built from a mirror. Every other source stays as it is.

# Addresses without a trailing slash. If both are empty nothing is replaced.
archive_main='' archive_security=''

# archive_mirrors FILE: sets them from rows `main URL` and `security URL`; a missing file leaves them empty.
archive_mirrors() {
  local what url
  archive_main='' archive_security=''
  [[ -r $1 ]] || return 0
  while read -r what url; do
    case $what in
      main) archive_main=${url%/} ;;
      security) archive_security=${url%/} ;;
    esac
  done <"$1"
}

# is_archive ADDRESSES KEYRINGS: takes both as written in a source.
is_archive() {
  local address
  local -a addresses
  [[ -n $archive_main ]] || return 1
  [[ ! $2 =~ /(debian|ubuntu)-archive- ]] || return 0
  read -r -d '' -a addresses <<<"$1" || true
  for address in "${addresses[@]}"; do
    if [[ $address =~ ^(tor\+)?https?://([^/]+\.)?debian\.org(:[0-9]+)?/(.*/)?debian(-security)?/?$ ||
      $address =~ ^(tor\+)?https?://security\.debian\.org(:[0-9]+)?/?$ ||
      $address =~ ^https?://([^/]+\.)?(archive|security|ports)\.ubuntu\.com(:[0-9]+)?/ ||
      $address =~ ^mirror(\+https?)?:.*[/.](debian\.org|ubuntu\.com)/ ||
      $address =~ ^mirror\+file:.*/(debian|ubuntu)[^/]*$ ]]; then
      return 0
    fi
  done
  return 1
}

# One-line format, matched into BASH_REMATCH: type, options with trailing whitespace, address, suite, the rest.
readonly source_line='^[[:space:]]*(deb|deb-src)[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+([^[:space:]]+)(.*)$'

# Suites of security updates: trixie-security, noble-security, formerly buster/updates.
is_security() { [[ $1 == *-security || $1 == */updates ]]; }

# mirrored_lines: converts the one-line format from stdin to stdout.
mirrored_lines() {
  local line type options address suite rest url
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ $source_line ]]; then
      type=${BASH_REMATCH[1]} options=${BASH_REMATCH[2]} address=${BASH_REMATCH[3]} suite=${BASH_REMATCH[4]} rest=${BASH_REMATCH[5]}
      if is_archive "$address" "$options"; then
        url=$archive_main
        if is_security "$suite"; then url=$archive_security; fi
        line="$type $options$url $suite$rest"
      fi
    fi
    printf '%s\n' "$line"
  done
}

# mirrored_stanza LINE…: prints one converted stanza of the deb822 format. If security suites are mixed with others it
# becomes two stanzas, since security updates may have a mirror of their own.
mirrored_stanza() {
  local line field='' value addresses='' suites='' keyrings='' suite
  local -a rest=() words=() plain=() fixes=()
  for line in "$@"; do
    case $line in
      '#'*) rest+=("$line") && continue ;;
      [[:space:]]*) value=$line ;;
      *) field=${line%%:*} value=${line#*:} ;;
    esac
    case ${field,,} in
      uris) addresses+=" $value" ;;
      suites) suites+=" $value" ;;
      signed-by) keyrings+=" $value" rest+=("$line") ;;
      *) rest+=("$line") ;;
    esac
  done
  if ! is_archive "$addresses" "$keyrings"; then
    printf '%s\n' "$@" ''
    return
  fi
  read -r -d '' -a words <<<"$suites" || true
  for suite in "${words[@]}"; do
    if [[ $archive_security != "$archive_main" ]] && is_security "$suite"; then fixes+=("$suite"); else plain+=("$suite"); fi
  done
  if [[ ${#plain[@]} -gt 0 ]]; then printf '%s\n' "${rest[@]}" "URIs: $archive_main" "Suites: ${plain[*]}" ''; fi
  if [[ ${#fixes[@]} -gt 0 ]]; then printf '%s\n' "${rest[@]}" "URIs: $archive_security" "Suites: ${fixes[*]}" ''; fi
}

# mirrored_stanzas: converts the deb822 format from stdin to stdout.
mirrored_stanzas() {
  local line
  local -a stanza=()
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ [^[:space:]] ]]; then
      stanza+=("$line")
    elif [[ ${#stanza[@]} -gt 0 ]]; then
      mirrored_stanza "${stanza[@]}"
      stanza=()
    fi
  done
  if [[ ${#stanza[@]} -gt 0 ]]; then mirrored_stanza "${stanza[@]}"; fi
}

# mirrored_sources FOLDER: converts the archive sources in FOLDER/sources.list and FOLDER/sources.list.d; does nothing
# without a mirror.
mirrored_sources() {
  local file text
  [[ -n $archive_main ]] || return 0
  for file in "$1/sources.list" "$1"/sources.list.d/*; do
    [[ -f $file ]] || continue
    case $file in
      *.list) text=$(mirrored_lines <"$file") ;;
      *.sources) text=$(mirrored_stanzas <"$file") ;;
      *) continue ;;
    esac
    printf '%s\n' "$text" >"$file"
  done
}

# source_addresses FOLDER: prints the addresses of all sources, one per line, in apt's order. apt-get indextargets can't
# be used, since it lists no source before its lists have been downloaded.
source_addresses() {
  local file line field
  local -a words
  for file in "$1/sources.list" "$1"/sources.list.d/*; do
    [[ -f $file ]] || continue
    field=''
    while IFS= read -r line || [[ -n $line ]]; do
      case $file in
        *.list) if [[ $line =~ $source_line ]]; then printf '%s\n' "${BASH_REMATCH[3]}"; fi ;;
        *.sources)
          [[ $line != '#'* ]] || continue
          if [[ $line =~ ^[^[:space:]]+: ]]; then field=${line%%:*} line=${line#*:}; fi
          [[ ${field,,} == uris ]] || continue
          read -ra words <<<"$line"
          if [[ ${#words[@]} -gt 0 ]]; then printf '%s\n' "${words[@]}"; fi
          ;;
      esac
    done <"$file"
  done
}

# direct_hosts FILE: reads addresses from stdin and prints apt settings for those hosts that bypass the proxy: loopback,
# and those listed in FILE, one `name`, `name:port` or `*` per line. A name includes its subdomains.
direct_hosts() {
  local address host port entry
  local -A seen=()
  local -a entries=()
  if [[ -r $1 ]]; then mapfile -t entries <"$1"; fi
  while read -r address; do
    # A host with any other character is invalid, and could inject settings into what is printed here.
    [[ $address =~ ^[a-z+]+://([^/@]*@)?([A-Za-z0-9._-]+|\[[0-9a-f:]+\])(:([0-9]+))?(/|$) ]] || continue
    host=${BASH_REMATCH[2],,} port=${BASH_REMATCH[4]}
    [[ -z ${seen[$host]-} ]] || continue
    for entry in localhost "${entries[@]}"; do
      if [[ $entry == '*' || $host == "$entry" || $host == *."$entry" || $host:$port == "$entry" || $host == 127.* || $host == '[::1]' ]]; then
        printf 'Acquire::http::Proxy::%s "DIRECT";\nAcquire::https::Proxy::%s "DIRECT";\n' "$host" "$host"
        seen[$host]=yes
        break
      fi
    done
  done
}
