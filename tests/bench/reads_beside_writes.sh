#!/usr/bin/env bash
# Records at a given rate, first alone, then beside readers of the first node: inclusion proofs at
# 2,000 a second over 8 connections, and states of 64 heights ago, one after the other.  Prints the
# records' latency both times, and that of the readers.
#
# reads_beside_writes.sh DIR [RECORDS-PER-SECOND [SECONDS [READS-PER-SECOND]]]
#
# DIR: a local network that runs (stele localnet up --dir DIR) and has some hundred blocks.
# Builds nothing: make PROFILE=release all benches before.
cd "$(dirname "$0")/../.." || exit 2
dir=$1 rate=${2:-1000} seconds=${3:-10} reads=${4:-2000}
stele=build/release/stele
nodes=$($stele localnet env --dir "$dir" | grep -o 'http://[0-9.:]*')
port=$(head -1 <<<"$nodes" | grep -o '[0-9]*$')
pid=$(cut -d' ' -f1 "$dir/node-1.pid")
where=()
for node in $nodes; do where+=(--node "$node"); done

records() { # of the report only what matters here
	$stele bench run --dir "$dir" "${where[@]}" --rate "$rate" --seconds "$seconds" --warmup 2 \
		--no-yardsticks 2>&1 | grep -vE "^(signing|load)"
}

ask() {
	build/release/tests/bench/bench_reads "$port" "$pid" "$@"
}

echo "records at $rate/s alone"
records
echo "records at $rate/s beside readers"
records &
sleep 4
ask older 1 1 "$((seconds - 2))" &
ask inclusion 8 1 "$((seconds - 2))" "$reads"
wait
