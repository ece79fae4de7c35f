#!/bin/sh
# The root of an image below /r: node with its libraries, certificates, two users; ffmpeg and ffprobe for rendering only.
set -eu

service=$1
r=/r
mkdir -p "$r/etc/ssl/certs" "$r/usr/local/bin" "$r/usr/bin" "$r/tmp" "$r/proc" "$r/dev" "$r/run/secrets" /data
chmod 1777 "$r/tmp"

# A private CA of the build network may be needed to reach the packages; nothing of it stays.
install_packages() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
if [ ! -s /etc/ssl/certs/ca-certificates.crt ]; then install_packages ca-certificates; fi
cp /etc/ssl/certs/ca-certificates.crt "$r/etc/ssl/certs/"

with_libraries() {
  cp -L --parents "$1" "$r"
  ldd "$1" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' | sort -u | while read -r library; do
    cp -L --parents "$library" "$r"
  done
}
with_libraries /usr/local/bin/node
if [ "$service" = rendering ]; then
  install_packages ffmpeg
  with_libraries /usr/bin/ffmpeg
  with_libraries /usr/bin/ffprobe
  # Some libraries lie in folders of their own: the loader finds them by its cache.
  cp -L --parents /etc/ld.so.conf /etc/ld.so.conf.d/* "$r"
  ldconfig -X -r "$r"
  rm -rf "${r:?}/var"
  chroot "$r" /usr/bin/ffmpeg -hide_banner -version >/dev/null
  chroot "$r" /usr/bin/ffprobe -hide_banner -version >/dev/null
fi

printf 'root:x:0:0::/:/nologin\napp:x:65532:65532::/data:/nologin\n' >"$r/etc/passwd"
printf 'root:x:0:\napp:x:65532:\n' >"$r/etc/group"
printf 'hosts: files dns\n' >"$r/etc/nsswitch.conf"
chroot "$r" /usr/local/bin/node --version >/dev/null
