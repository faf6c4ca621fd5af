#!/usr/bin/env bash
# Installs the libraries of clients/javascript as its lock file names them, where they are not there yet.
# Fails, and says npm's last lines, where the registry is out of reach.
cd "$(dirname "$0")/../../clients/javascript" || exit 2
cmp -s package-lock.json node_modules/.installed-lock && exit 0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000 >"$log" 2>&1 &&
	cp package-lock.json node_modules/.installed-lock && exit 0
tail -n 5 "$log"
exit 1
