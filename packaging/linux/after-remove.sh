#!/bin/sh
# Runs as root after the files of the deb or rpm are gone: takes away what after-install.sh has made. dpkg says what happens in words, rpm by
# the number of versions that stay; while one stays, the profile is that one's. Settings that were kept in /etc for the next boot stay: they
# belong to the machine.
set -e
profile='/etc/apparmor.d/${executable}'

case $1 in
  remove | purge | 0)
    if [ -f "$profile" ]; then
      ischroot 2>/dev/null || apparmor_parser --remove "$profile" >/dev/null 2>&1 || true
      rm -f "$profile"
    fi
    ;;
esac
if [ "$1" = purge ]; then
  rm -rf /var/log/lifeboat
fi
exit 0
