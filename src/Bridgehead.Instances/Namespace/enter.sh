# enter.sh DIR BASE HOSTNAME: first process of an instance's container. It builds the root from nothing at each boot, so that no path on the way to a mount was made by the
# tenant, and leaves all power over the host behind: inside the last unshare, root is root of a user namespace that owns its network and nothing else, and what is mounted
# read-only stays so. The image's and the tenant's files are under /data; links lead there from the root.
set -e
dir=$1 base=$2 name=$3 root=$1/mnt
B=/bin/busybox
trap '$B echo failed >"$dir/boot/ready"' EXIT
$B mount --make-rprivate / 2>/dev/null || $B mount --make-rslave /
$B mount -t tmpfs -o mode=755,size=16m tmpfs "$root"
cd "$root"
$B mkdir base base/bin proc dev run tmp data old boot
$B mount --bind "$base/bin" base/bin; $B mount -o remount,bind,ro base/bin
$B mount --bind "$dir/boot" boot; $B mount -o remount,bind,ro boot
$B mount --bind "$dir/disk" data
for folder in etc home media mnt opt root srv var; do $B ln -s data/$folder $folder; done
# Programs are the image's where it brings some, else the base's.
for folder in bin sbin usr lib lib32 lib64 libx32; do
  { [ ! -e data/$folder ] && [ ! -L data/$folder ]; } || $B ln -s data/$folder $folder
done
[ -L bin ] || $B ln -s base/bin bin
[ -L sbin ] || $B ln -s bin sbin
[ -L usr ] || { $B mkdir usr; $B ln -s ../bin usr/bin; $B ln -s ../bin usr/sbin; }
$B mount -t proc proc proc
for file in sys bus fs irq sysrq-trigger; do [ ! -e proc/$file ] || { $B mount --bind proc/$file proc/$file; $B mount -o remount,bind,ro proc/$file; }; done
$B mount -t tmpfs -o mode=755,size=64k tmpfs dev
for device in null zero full random urandom tty; do : >dev/$device; $B mount --bind /dev/$device dev/$device; done
$B mount -t tmpfs -o mode=1777,size=64m tmpfs tmp
$B hostname "$name"
trap - EXIT
$B pivot_root . old
# While it still may: mounts that a user namespace inherits cannot be taken apart in it. From here on, what is in /bin may be the tenant's.
B=/base/bin/busybox
$B umount -l /old
$B rmdir /old
exec $B unshare -U -r -m -n $B sh -c 'echo ready >/boot/ready; read -r go </boot/go; exec /base/bin/busybox sh /base/bin/init </dev/null'
