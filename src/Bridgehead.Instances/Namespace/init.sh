#!/bin/sh
# The instance's own first program: network, metadata, the user's script, and then it waits.
export PATH=/bin HOME=/root
stop() { echo "init: stopping"; kill -TERM -1 2>/dev/null; exit 0; }
trap stop TERM INT
mkdir -p /data/root /data/home /data/var/lib/bridgehead /data/var/log
say() { echo "init: $*"; }
say "booting $(cat /etc/hostname)"
ip link set lo up
while read -r device kind address gateway dns; do
  ip link set "$device" up
  case $kind in
    dhcp) udhcpc -i "$device" -t 0 -T 1 -x "hostname:$(cat /etc/hostname)" -s /bin/udhcpc.script -p "/run/udhcpc.$device.pid" ;;
    static)
      mkdir -p /etc/network
      printf 'auto %s\niface %s inet static\n    address %s\n' "$device" "$device" "$address" >>/etc/network/interfaces
      [ "$gateway" = - ] || printf '    gateway %s\n' "$gateway" >>/etc/network/interfaces
      [ "$dns" = - ] || printf '    dns-nameservers %s\n' "$(echo "$dns" | tr , ' ')" >>/etc/network/interfaces
      ip addr add "$address" dev "$device"
      [ "$gateway" = - ] || ip route add default via "$gateway"
      [ "$dns" = - ] || echo "$dns" | tr , '\n' | sed 's/^/nameserver /' >>/etc/resolv.conf ;;
  esac
done </boot/ports
# This wget has no timeout of its own: Debian's build crashes on -T.
get() { timeout 3 wget -q -O - "http://169.254.169.254/latest/$1" 2>/dev/null; }
tries=0
until id=$(get meta-data/instance-id) && [ -n "$id" ]; do
  tries=$((tries + 1)); [ $tries -lt 20 ] || { say "no metadata service"; break; }
  sleep 0.5
done
if [ -n "$id" ]; then
  say "metadata: $id, $(get meta-data/local-ipv4)"
  mkdir -p /root/.ssh; get meta-data/public-keys/0/openssh-key >/root/.ssh/authorized_keys
  [ -s /root/.ssh/authorized_keys ] && say "public key written to /root/.ssh/authorized_keys"
  state=/var/lib/bridgehead
  if [ "$(cat $state/instance-id 2>/dev/null)" != "$id" ]; then
    echo "$id" >$state/instance-id
    get user-data >$state/user-data
    if [ "$(head -c 2 $state/user-data)" = '#!' ]; then
      chmod 700 $state/user-data; say "running user data"
      $state/user-data; say "user data ended with $?"
    fi
  fi
fi
say "ready"
while :; do sleep 3600 & wait $!; done
