# To be sourced: add_sum FILE adds the last "N passed, N failed" of a log to $passed and $failed.  A log
# without one is of a run that broke off: one failure.
add_sum() {
	local sum p f
	sum=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	read -r p _ f _ <<<"${sum/,/}"
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
}
