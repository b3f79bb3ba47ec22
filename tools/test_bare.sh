#!/usr/bin/env bash
# What a stranger has: a Debian with python3, git and make and nothing else. Clones the last commit into one and runs
# `make demo ONCE=1` and `make test` there. ONLY=demo, or any other targets in ONLY, runs just those.
# Needs root and debootstrap; the package index and proxies of this machine are passed on.
set -euo pipefail

suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
targets=${ONLY:-demo test}
repository=$(cd "$(dirname "$0")/.." && pwd)

[ "$(id -u)" = 0 ] || { echo "test_bare: needs root, for debootstrap and chroot" >&2; exit 2; }
room=$(mktemp -d "${TMPDIR:-/tmp}/ievq-bare-XXXXXX")
root=$room/root

clear_away() {
    local process place
    for process in /proc/[0-9]*; do # what was started in there and still runs, such as a killed demo's server
        if [ "$(readlink "$process/root" || true)" = "$root" ]; then kill -9 "${process#/proc/}" || true; fi
    done
    for place in dev/shm dev proc; do
        for _ in 1 2 3 4 5; do
            mountpoint -q "$root/$place" || break
            umount "$root/$place" || sleep 1
        done
        mountpoint -q "$root/$place" && { echo "test_bare: $root/$place is still mounted; nothing removed" >&2; return; }
    done
    rm -rf --one-file-system "$room"
}
trap clear_away EXIT
trap 'exit 130' INT TERM

debootstrap --variant=minbase --include=python3,git,make,ca-certificates "$suite" "$root" "$mirror" >"$room/debootstrap.log" ||
    { tail -20 "$room/debootstrap.log" >&2; exit 1; }
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir -m 1777 "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
for device in null zero full random urandom tty; do cp -a "/dev/$device" "$root/dev/"; done
ln -s /proc/self/fd "$root/dev/fd"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"

# the certificates of this machine, and what tells uv, pip and git of indexes, certificates and proxies
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
passed=()
for name in UV_DEFAULT_INDEX UV_INDEX UV_HTTP_TIMEOUT PIP_INDEX_URL http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    if [ -n "${!name:-}" ]; then passed+=("$name=${!name}"); fi
done
for name in SSL_CERT_FILE PIP_CERT; do
    if [ -f "${!name:-}" ]; then
        cp -L "${!name}" "$root/etc/ssl/certs/$name.crt"
        passed+=("$name=/etc/ssl/certs/$name.crt")
    fi
done
if [ -n "${PIP_INDEX_URL:-}" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then passed+=("UV_DEFAULT_INDEX=$PIP_INDEX_URL"); fi

git clone --quiet --no-hardlinks "$repository" "$root/root/project"
for target in $targets; do
    echo "test_bare: make $target"
    began=$SECONDS
    chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${passed[@]}" \
        make -C /root/project "$target" ONCE=1
    echo "test_bare: make $target passed in $((SECONDS - began)) s"
done
