"""Sends one raw frame out of eth0.
send-frame.py ip SRC_MAC DST_MAC SRC DST SPORT DPORT | arp SRC_MAC DST_MAC SENDER_MAC SENDER TARGET | ra SRC_MAC DST_MAC"""
import socket
import struct
import sys


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(src, dst, sport, dport):
    src, dst = socket.inet_aton(src), socket.inet_aton(dst)
    datagram = struct.pack("!HHHH", int(sport), int(dport), 16, 0) + b"spoofed!"
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + src + dst
    return b"\x08\x00" + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + datagram


def arp_reply(sender_mac, sender, target_mac, target):
    return b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + mac(sender_mac) + socket.inet_aton(sender) + mac(target_mac) + socket.inet_aton(target)


def router_advertisement():
    src, dst = socket.inet_pton(socket.AF_INET6, "fe80::1"), socket.inet_pton(socket.AF_INET6, "ff02::1")
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    pseudo = src + dst + struct.pack("!II", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return b"\x86\xdd" + struct.pack("!IHBB", 0x60000000, len(body), 58, 255) + src + dst + body


kind, source, target = sys.argv[1:4]
if kind == "ip":
    payload = udp(*sys.argv[4:8])
elif kind == "arp":
    payload = arp_reply(sys.argv[4], sys.argv[5], target, sys.argv[6])
else:
    payload = router_advertisement()
frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
frames.bind(("eth0", 0))
frames.send(mac(target) + mac(source) + payload)
