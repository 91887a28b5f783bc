#!/usr/bin/env bash
# Installs winnow's npm packages in the current folder, the JPEG codec and, for a trainer, the engine. No dependency runs a script.
# The role trainer-gpu fetches 3.3 GB: TensorFlow for CUDA and NVIDIA's libraries, under NVIDIA's licence terms.
set -euo pipefail

role="${1:-}"
case "$role" in
  crawler | trainer | trainer-gpu) npm ci --ignore-scripts --omit=dev --no-audit --no-fund ;;
  tests) npm ci --ignore-scripts --no-audit --no-fund ;;
  *)
    echo "usage: $0 crawler|trainer|trainer-gpu|tests" >&2
    exit 2
    ;;
esac
# By name: a container sees the driver of its host in /proc, also where it was given no GPU.
case "$role" in
  trainer-gpu) node apps/winnow/bin/winnow.js doctor --install --variant cuda ;;
  trainer | tests) node apps/winnow/bin/winnow.js doctor --install --variant cpu ;;
  crawler) node apps/winnow/bin/winnow.js doctor --install --variant none ;;
esac
