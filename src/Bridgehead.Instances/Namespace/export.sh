# export.sh DIR BASE FILE BLOCKS: writes an instance's disk into FILE as a tar archive of at most BLOCKS times 512 bytes. The archiver sees nothing but the disk, read-only, so
# that no link that the tenant puts in its way leads to the host's files, not even while the instance runs.
set -e
dir=$1 base=$2 file=$3 blocks=$4
ulimit -f "$blocks"
exec unshare --mount -- /bin/busybox sh -c '
  set -e
  dir=$1 base=$2 B=/bin/busybox
  $B mount --make-rprivate / 2>/dev/null || $B mount --make-rslave /
  $B mount -t tmpfs -o mode=755,size=1m tmpfs "$dir/mnt"
  cd "$dir/mnt"
  $B mkdir base base/bin data old
  $B mount --bind "$base/bin" base/bin; $B mount -o remount,bind,ro base/bin
  $B mount --bind "$dir/disk" data; $B mount -o remount,bind,ro data
  $B pivot_root . old
  /base/bin/busybox umount -l /old
  exec /base/bin/busybox tar -c -f - -C /data .
' sh "$dir" "$base" >"$file"
