#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a Windows program under Wine: wine.sh STATE-FOLDER PROGRAM [ARG...]
# The state folder is made at the first call, which takes about 15 seconds.
set -eu

WINEPREFIX=$1
shift
# Without these, Wine offers to install what no test needs, and reports
# every fault that a test causes on purpose.
WINEDEBUG=${WINEDEBUG:--all}
WINEDLLOVERRIDES='mscoree=;mshtml=;winedbg.exe=d'
# No window is ever opened; without a display none is looked for.
unset DISPLAY WAYLAND_DISPLAY
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES

find_wine() {
	for candidate in /usr/lib/wine/wine64 wine64 wine; do
		if command -v "$candidate"; then
			return
		fi
	done
	echo 'wine.sh: Wine is not installed (Debian: wine64)' >&2
	exit 1
}
wine=$(find_wine)

# Tests that start side by side must not both make the folder.
make_state() {
	if [ ! -e "$WINEPREFIX/ready" ]; then
		mkdir -p "$WINEPREFIX"
		"$wine" wineboot --init >"$WINEPREFIX/init.log" 2>&1
		: >"$WINEPREFIX/ready"
	fi
}
if [ ! -e "$WINEPREFIX/ready" ]; then
	mkdir -p "$(dirname "$WINEPREFIX")"
	(
		flock 9
		make_state
	) 9>"$WINEPREFIX.lock"
fi

exec "$wine" "$@"
