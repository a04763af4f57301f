# enter.sh DIR BASE HOSTNAME: first process of an instance's container. It builds the root from nothing at each boot, so that no path in it was made by the tenant, and
# leaves all power over the host behind: inside the last unshare, root is root of a user namespace that owns its network and nothing else, and what is mounted
# read-only stays so.
set -e
dir=$1 base=$2 name=$3 root=$1/mnt
B=/bin/busybox
trap '$B echo failed >"$dir/boot/ready"' EXIT
$B mount --make-rprivate / 2>/dev/null || $B mount --make-rslave /
$B mount -t tmpfs -o mode=755,size=16m tmpfs "$root"
cd "$root"
$B mkdir bin etc proc dev run tmp data old boot
$B ln -s bin sbin; $B mkdir usr; $B ln -s ../bin usr/bin; $B ln -s ../bin usr/sbin
$B ln -s data/root root; $B ln -s data/home home; $B ln -s data/var var
$B mount --bind "$base/bin" bin; $B mount -o remount,bind,ro bin
$B mount --bind "$dir/boot" boot; $B mount -o remount,bind,ro boot
$B mount --bind "$dir/disk" data
$B mount -t proc proc proc
for file in sys bus fs irq sysrq-trigger; do [ ! -e proc/$file ] || { $B mount --bind proc/$file proc/$file; $B mount -o remount,bind,ro proc/$file; }; done
$B mount -t tmpfs -o mode=755,size=64k tmpfs dev
for device in null zero full random urandom tty; do : >dev/$device; $B mount --bind /dev/$device dev/$device; done
$B mount -t tmpfs -o mode=1777,size=64m tmpfs tmp
$B echo "$name" >etc/hostname
$B printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n' "$name" >etc/hosts
$B echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
$B echo 'root:x:0:' >etc/group
$B hostname "$name"
trap - EXIT
$B pivot_root . old
# While it still may: mounts that a user namespace inherits cannot be taken apart in it.
/bin/busybox umount -l /old
/bin/busybox rmdir /old
exec /bin/busybox unshare -U -r -m -n /bin/busybox sh -c 'echo ready >/boot/ready; read -r go </boot/go; exec /bin/init </dev/null'
