#!/bin/sh
# udhcpc's script: what a lease means.
case $1 in
  deconfig) ip addr flush dev "$interface" scope global ;;
  bound | renew)
    ip addr replace "$ip/${mask:-24}" dev "$interface"
    # Of several interfaces the first one's way out is taken: eth0's route has the metric 0.
    [ -z "$router" ] || for r in $router; do ip route replace default via "$r" dev "$interface" metric "${interface#eth}"; break; done
    [ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
    { [ -z "$domain" ] || echo "search $domain"; for d in $dns; do echo "nameserver $d"; done; } >/etc/resolv.conf
    echo "init: lease of $ip on $interface from $serverid" ;;
esac
