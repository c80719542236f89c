#!/bin/sh
# Runs as root after the deb or rpm has put its files in place: what depends on the machine. electron-builder fills in the names.
set -e
folder='/opt/${sanitizedProductName}'
profile='/etc/apparmor.d/${executable}'

# Chromium's sandbox is made of namespaces. Where users may not make them, its own helper has to be setuid root.
if unshare --user true 2>/dev/null && [ "$(cat /proc/sys/kernel/unprivileged_userns_clone 2>/dev/null)" != 0 ]; then
  chmod 0755 "$folder/chrome-sandbox"
else
  chmod 4755 "$folder/chrome-sandbox"
fi

# Ubuntu from 23.10 on lets only programs with a profile make namespaces. Older AppArmor does not understand it, and needs none.
if apparmor_status --enabled >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load "$folder/resources/apparmor-profile" >/dev/null 2>&1; then
  cp "$folder/resources/apparmor-profile" "$profile"
  ischroot 2>/dev/null || apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
fi
exit 0
