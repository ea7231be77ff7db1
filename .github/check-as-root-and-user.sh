#!/bin/sh
# SPDX-License-Identifier: MIT
# check-as-root-and-user.sh: for a machine that is thrown away afterwards.
# Run as root, it builds and tests twice: as root, then as a plain user that
# it creates. Limits on locking, and who may trace whom, differ between them.
set -eu
user=memwardci

build_and_test() {
    cmake -S "$1" -B "$2" -DMEMWARD_WERROR=ON &&
        cmake --build "$2" &&
        (cd "$2" && ctest --output-on-failure)
}

# The second run comes back here, as the user, in a copy of the sources.
if [ "${1:-}" = again ]; then
    cd "$2"
    build_and_test "$2" "$2/build/check"
    exit
fi

if [ "$(id -u)" != 0 ]; then
    echo "check-as-root-and-user.sh: needs root, to make a user" >&2
    exit 1
fi
uname -a
sources=$(cd "$(dirname "$0")/.." && pwd)
status=0
echo "== as root"
build_and_test "$sources" "$sources/build/check" || status=1

echo "== as a plain user"
id "$user" > /dev/null 2>&1 ||
    case $(uname -s) in
    FreeBSD) pw useradd -n "$user" -s /bin/sh -d /nonexistent ;;
    *) useradd -s /bin/sh -d / "$user" ;;
    esac
copy=$(mktemp -d /tmp/memward.XXXXXX)
for entry in "$sources"/* "$sources"/.github "$sources"/.clang-format; do
    case $entry in
    */build) ;;
    *) cp -R "$entry" "$copy/" ;;
    esac
done
chown -R "$user" "$copy"
su "$user" -c "PATH='$PATH' sh '$copy/.github/check-as-root-and-user.sh' \
again '$copy'" || status=1
rm -rf "$copy"
exit "$status"
