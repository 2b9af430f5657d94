#!/bin/sh
# Stands in for a store that knows each instance: its key is made from the machine's id. $1 is the name of the key.
set -eu

case $(cat) in
  *"\"$1\""*) ;;
  *)
    printf '{}'
    exit
    ;;
esac
key=$(sha256sum /etc/machine-id | cut -c1-32)
printf '{"%s": {"value": "%s", "error": null}}' "$1" "$key"
