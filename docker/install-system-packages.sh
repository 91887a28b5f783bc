#!/usr/bin/env bash
# Installs the Debian packages that a role needs: crawler, trainer, trainer-gpu or tests. Run as root.
set -euo pipefail

case "${1:-}" in
  crawler) wanted=(ca-certificates chromium g++) ;;
  trainer | trainer-gpu) wanted=(ca-certificates g++ python3 python3-pip) ;;
  tests) wanted=(chromium chromium-headless-shell g++ postgresql) ;;
  *)
    echo "usage: $0 crawler|trainer|trainer-gpu|tests" >&2
    exit 2
    ;;
esac
# The tests read shards with Python's own libraries, in an environment that they make; any Python 3.11 will do.
if [ "$1" = tests ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  wanted+=(python3 python3-venv)
fi

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
  echo "Installed already: ${wanted[*]}" >&2
  exit 0
fi

echo "Installing ${missing[*]} ..." >&2
export DEBIAN_FRONTEND=noninteractive
# A new machine's postgresql package would start a cluster of its own; nothing here wants one.
if printf '%s\n' "${missing[@]}" | grep -qx postgresql; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
rm -rf /var/lib/apt/lists/*
