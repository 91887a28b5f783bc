#!/usr/bin/env bash
# Installs winnow's npm packages in the current folder and, for a trainer, the engine. No dependency runs a script.
set -euo pipefail

role="${1:-}"
case "$role" in
  crawler | trainer) npm ci --ignore-scripts --omit=dev --no-audit --no-fund ;;
  tests) npm ci --ignore-scripts --no-audit --no-fund ;;
  *)
    echo "usage: $0 crawler|trainer|tests" >&2
    exit 2
    ;;
esac
if [ "$role" != crawler ]; then node apps/winnow/bin/winnow.js doctor --install; fi
