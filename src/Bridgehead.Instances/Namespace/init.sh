#!/bin/sh
# The instance's own first program: network, metadata, the user's script, and then it waits.
export PATH=/base/bin HOME=/root
stop() { echo "init: stopping"; kill -TERM -1 2>/dev/null; exit 0; }
trap stop TERM INT
name=$(hostname)
for folder in etc home media mnt opt root srv var/lib/bridgehead var/log; do mkdir -p "/data/$folder"; done
# Links of an image that climb to the root find there what every root has.
for folder in proc dev run tmp sys; do rmdir "/data/$folder" 2>/dev/null; [ -e "/data/$folder" ] || ln -s "/$folder" "/data/$folder"; done
# A program that an image does not bring is the base's.
[ /bin -ef /base/bin ] || ln -s /base/bin/* /bin/ 2>/dev/null
rm -f /etc/resolv.conf /etc/network/interfaces
echo "$name" >/etc/hostname
printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n' "$name" >/etc/hosts
[ -e /etc/passwd ] || echo 'root:x:0:0:root:/root:/bin/sh' >/etc/passwd
[ -e /etc/group ] || echo 'root:x:0:' >/etc/group
say() { echo "init: $*"; }
say "booting $name"
ip link set lo up
while read -r device kind address gateway dns; do
  ip link set "$device" up
  case $kind in
    dhcp) udhcpc -i "$device" -t 0 -T 1 -O mtu -x "hostname:$name" -s /base/bin/udhcpc.script -p "/run/udhcpc.$device.pid" ;;
    static)
      mkdir -p /etc/network
      printf 'auto %s\niface %s inet static\n    address %s\n' "$device" "$device" "$address" >>/etc/network/interfaces
      [ "$gateway" = - ] || printf '    gateway %s\n' "$gateway" >>/etc/network/interfaces
      [ "$dns" = - ] || printf '    dns-nameservers %s\n' "$(echo "$dns" | tr , ' ')" >>/etc/network/interfaces
      ip addr add "$address" dev "$device"
      [ "$gateway" = - ] || ip route add default via "$gateway" dev "$device" metric "${device#eth}"
      [ "$dns" = - ] || echo "$dns" | tr , '\n' | sed 's/^/nameserver /' >>/etc/resolv.conf ;;
  esac
done </boot/ports
# This wget has no timeout of its own: Debian's build crashes on -T.
get() { timeout 3 wget -q -O - "http://169.254.169.254/$1" 2>/dev/null; }
# The same, again and again for a while: a busy host may be slow to answer.
insist() {
  tries=0
  until get "$1" && return; do tries=$((tries + 1)); [ $tries -lt 20 ] || return 1; sleep 0.5; done
}
# Into a file that nobody has open for writing afterwards, so that it can be run: timeout's watcher keeps what it was started with for a moment longer.
fetch() { insist "$1" >/run/fetched && cat /run/fetched >"$2" && rm -f /run/fetched; }
# Only what the listing has is asked for, so that an answer which does not come is never taken for one that is empty.
if id=$(insist latest/meta-data/instance-id) && [ -n "$id" ]; then
  say "metadata: $id, $(insist latest/meta-data/local-ipv4)"
  if insist latest/meta-data/ | grep -qx 'public-keys/'; then
    mkdir -p /root/.ssh; fetch latest/meta-data/public-keys/0/openssh-key /root/.ssh/authorized_keys
    say "public key written to /root/.ssh/authorized_keys"
  fi
  # Files that the user gave at boot. Quotes in JSON's strings are escaped, so that what looks like an entry is one; a path that needs escapes is left out.
  insist openstack/latest/meta_data.json | tr '{}' '\n\n' | sed -n 's/^"path":"\([^"\\]*\)","content_path":"\([^"]*\)"$/\2 \1/p' | while read -r number path; do
    [ -e "$path" ] || { mkdir -p "$(dirname "$path")" && fetch "openstack$number" "$path" && say "file $path written"; }
  done
  state=/var/lib/bridgehead
  if [ "$(cat $state/instance-id 2>/dev/null)" != "$id" ]; then
    rm -f $state/user-data
    if insist latest/ | grep -qx user-data; then fetch latest/user-data $state/user-data; fi
    echo "$id" >$state/instance-id
    if [ "$(head -c 2 $state/user-data 2>/dev/null)" = '#!' ]; then
      chmod 700 $state/user-data; say "running user data"
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/base/bin $state/user-data; say "user data ended with $?"
    fi
  fi
else
  say "no metadata service"
fi
say "ready"
while :; do sleep 3600 & wait $!; done
