#!/usr/bin/env bash
# Ranks on three hosts, which are network namespaces of this one: the bits of one process, and a host that is lost ends the
# run within seconds and is named. Needs the right to make network namespaces, ip (iproute2) and Open MPI; skips aloud without.
# scripts/hosts.sh [build folder]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source_folder=$PWD
build=$(realpath "${1:-build/release}")
skip() {
    echo "skipped: $1"
    exit 0
}
[[ -x $build/jalki-mpi ]] || skip "no jalki-mpi in $build (JALKI_MPI=ON)"
"$build/jalki-mpi" version --features | grep -q "Open MPI" || skip "jalki-mpi is not of Open MPI"
launch=$(command -v mpirun.openmpi || command -v mpirun) || skip "no mpirun"
command -v ip >/dev/null || skip "no ip (iproute2)"
name=jalki$$
folder=$(mktemp -d)
made=()
clean_up() {
    for host in "${made[@]}"; do
        ip netns pids "$host" | xargs -r kill -9 || true
        ip netns delete "$host"
    done
    ip link delete "b$name" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT
ip link add "b$name" type bridge 2>/dev/null || skip "no right to make network namespaces"
ip link set "b$name" up
for i in 1 2 3; do
    ip netns add "$name-$i" || skip "no right to make network namespaces"
    made+=("$name-$i")
    ip link add "v$i$$" type veth peer name eth0 netns "$name-$i"
    ip link set "v$i$$" master "b$name" up
    ip -n "$name-$i" address add "10.77.0.1$i/24" dev eth0
    ip -n "$name-$i" link set eth0 up
    ip -n "$name-$i" link set lo up
done
# In the place of ssh: HOST COMMAND…. Each host has its own folder of temporary files: daemons of Open MPI that share one write
# their topology into the same memory, and one of them may follow the other's pointers.
cat >"$folder/agent" <<AGENT
#!/bin/bash
while [[ \$1 == -* ]]; do shift; done
host=\$1
shift
mkdir -p "$folder/tmp\${host##*.1}"
TMPDIR="$folder/tmp\${host##*.1}" exec ip netns exec "$name-\${host##*.1}" bash -c "\$*"
AGENT
chmod +x "$folder/agent"
cd "$folder"
export OMPI_MCA_oob_tcp_keepalive_time=5 OMPI_MCA_oob_tcp_keepalive_intvl=2 OMPI_MCA_oob_tcp_keepalive_probes=3 # as docs/cluster.md says
network=10.77.0.0/24
ranks=(ip netns exec "$name-1" "$launch" --allow-run-as-root --mca plm_rsh_agent "$folder/agent" --mca btl "tcp,self"
    --mca oob_tcp_if_include "$network" --mca btl_tcp_if_include "$network" -H 10.77.0.11,10.77.0.12,10.77.0.13 -n 3
    --wdir "$folder" "$build/jalki-mpi")
model=$source_folder/models/nordic.yaml
"$build/jalki" generate -n 300000 --cutoff 2026-06-30 -o t.h5 --quiet
"$build/jalki" value t.h5 --model "$model" --json one.json --claims one.csv --quiet >/dev/null
"${ranks[@]}" value t.h5 --model "$model" --json all.json --claims all.csv --threads 1 --quiet >/dev/null
cmp one.json all.json
cmp one.csv all.csv
echo "three hosts: the bits of one process"

# A host is lost at a random moment of a run that is long enough.
returns=$(LC_ALL=C seq -s, 0.05 0.01 0.36)
lose() {
    local lost=$1 moment=$2 run began
    echo "what was there" >lost.json
    "${ranks[@]}" price t.h5 --model "$model" --irr "$returns" --json lost.json --threads 1 >lost.txt 2>&1 &
    run=$!
    sleep "$moment"
    ip -n "$name-$lost" link set eth0 down
    began=$SECONDS
    while kill -0 "$run" 2>/dev/null && ((SECONDS - began < 60)); do sleep 0.2; done
    if kill -0 "$run" 2>/dev/null; then
        echo "a lost host was not noticed for a minute"
        exit 1
    fi
    ! wait "$run" || {
        echo "the run was over before the host was lost: nothing was tested"
        exit 1
    }
    grep -q "10.77.0.1$lost" lost.txt || {
        cat lost.txt
        echo "the lost host was not named"
        exit 1
    }
    [[ $(<lost.json) == "what was there" ]]
    echo "host $lost, lost after $moment s, ended the run after $((SECONDS - began)) s and was named"
    ip netns pids "$name-$lost" | xargs -r kill -9 || true
    ip -n "$name-$lost" link set eth0 up
}
for lost in 3 2; do
    lose "$lost" "1.$((RANDOM % 10))"
done
