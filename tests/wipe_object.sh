#!/bin/sh
# SPDX-License-Identifier: MIT
# Looks into the built objects: the wipe writes, and a release calls it. In
# which order things happen the layout of code does not tell; that is seen at
# run time, by wipe_release_test. Usage: wipe_object.sh OBJDUMP OBJECT...
passed=0 failed=0 skipped=0

ok() {
	echo "ok $1"
	passed=$((passed + 1))
}

not_ok() {
	echo "not ok $1: $2"
	failed=$((failed + 1))
}

skip() {
	echo "skip $1: $2"
	skipped=$((skipped + 1))
}

finish() {
	echo "wipe_object: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

# The instructions and relocations of the functions whose names begin so.
# A compiler may put a rare path into a function of its own ("NAME.cold").
code_of() {
	"$objdump" -dr "$2" | awk -v name="$1" '
		/^[0-9a-f]+ <.*>:$/ {
			label = $2
			gsub(/[<>:]/, "", label)
			sub(/^_/, "", label)
			inside = label == name || index(label, name ".") == 1
			next
		}
		inside'
}

# stands CODE PATTERN
stands() {
	printf '%s\n' "$1" | grep -q -E "$2"
}

object() {
	for each in $objects; do
		case $each in
		*/"$1".c.o | */"$1".c.obj) echo "$each" ;;
		esac
	done
}

# check CASE NAME FUNCTION PATTERN: the code of FUNCTION in object NAME has it.
check() {
	object=$(object "$2")
	if [ -z "$object" ]; then
		skip "$1" "this system is built without $2.c"
		return
	fi
	code=$(code_of "$3" "$object")
	if [ -z "$code" ]; then
		not_ok "$1" "no code of $3 was found"
	elif stands "$code" "$4"; then
		ok "$1"
	else
		not_ok "$1" "$3 has none of: $4"
	fi
}

objdump=$1
shift
objects=$*
if ! command -v "$objdump" >/dev/null 2>&1; then
	skip every_case "objdump is not installed"
	finish
fi
# A call of the C library's function, or what a compiler puts in its place.
check the_wipe_writes wipe memward_wipe 'memset|rep stos|dc[[:space:]]+zva'
check release_wipes posix mw_sys_release memward_wipe
check release_gives_back posix mw_sys_release 'munmap|<unmap'
check tracked_release_wipes tracked mw_tracked_release \
	'memward_wipe|<release_entered'
finish
