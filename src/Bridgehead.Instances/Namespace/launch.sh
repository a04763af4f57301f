# launch.sh DIR BASE HOSTNAME: starts an instance's container and prints its process id once its namespaces are there. Values come as arguments only.
dir=$1 base=$2 name=$3
rm -rf "$dir/boot"
mkdir -p "$dir/boot" "$dir/disk" "$dir/mnt"
mkfifo "$dir/boot/ready" "$dir/boot/go"
cp "$dir/ports" "$dir/boot/ports"
# The tenant writes the console log; 64 MiB is all it gets, of this file and of any other.
ulimit -f 131072
: >"$dir/console.log"
# The daemon's environment may hold passwords; the tenant could read it.
setsid env -i PATH="$PATH" unshare --mount --pid --uts --ipc --fork --kill-child=KILL -- /bin/busybox sh "$base/enter.sh" "$dir" "$base" "$name" </dev/null >"$dir/console.log" 2>&1 &
echo "$!" >"$dir/launch.pid"
read -r ready <"$dir/boot/ready"
[ "$ready" = ready ] || { cat "$dir/console.log" >&2; exit 1; }
echo "$!"
