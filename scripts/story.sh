# The Internet 3.0 call through its whole life, from sealed proposals to the recovery of an unspent sum.
# Part of scripts/demo --story, which sources this file and brings claim, must, ends, refused, fields,
# organisation, auditor, offline and the network.  Everything is done with the public tool.
#
# The ledger knows no time but that of its newest block.  Each window of the call is as long as this
# machine needs for what happens in it, measured on the first records, times three, and the story
# waits until a block has passed a window's end.

call=2026-1
academies=(CN-USCI-12110108EXAMPLER4K CN-USCI-12110108EXAMPLET08 CN-USCI-12110108EXAMPLEU95)
objection_ms=0 pace_ms=0

# ---- time -------------------------------------------------------------------------------------------

now_ms() { echo $(($(date +%s%N) / 1000000)); }
ledger_ms() { curl -sf "$(node 1)/v1/network" | jq -r .time; }
window() { echo $(($1 * pace_ms * 3 + 4000)); } # window STEPS: so many ms

# Blocks come with records, so a note is sent until one of them is late enough.
wait_for_ledger() { # MS
	local now tries
	for ((tries = 0; tries < 300; tries++)); do
		now=$(now_ms)
		[ "$now" -ge "$1" ] || sleep "$(((${1} - now) / 1000 + 1))"
		[ "$(ledger_ms)" -lt "$1" ] || return 0
		"$stele" note attach "programme:$programme" --text "$dir/papers/note.txt" \
			--key anchorer-1 >/dev/null 2>&1 || sleep 0.5
	done
	echo "the ledger's time does not pass $1"
	return 1
}

# ---- asking -------------------------------------------------------------------------------------------

as() { # as KEY WORDS...: the tool with this key
	local key=$1
	shift
	"$stele" "$@" --key "$key"
}
call_of() { fields "$1" "$stele" call show "$programme" $call; }          # FILTER
proposal_of() { fields "$2" "$stele" proposal show "$programme" $call "$1"; } # NUMBER FILTER
award_of() { fields "$2" "$stele" award show "$programme" "$1"; }          # NUMBER FILTER
proposal_states() {
	fields '[.items[].state] | join(" ")' "$stele" proposal list "$programme" $call
}
totals() { # committed, paid, recovered, live awards
	fields '"\(.committed) \(.paid) \(.recovered) \(.live_awards)"' "$stele" programme show "$programme"
}
newest_motion() { fields '.items[0].number' "$stele" motion list; }
motion_is() { # FILTER WANTED
	is "$(fields "$1" "$stele" motion show "$(newest_motion)")" "$2"
}
effect_is() { # OBJECT WHAT "BEFORE > AFTER" COMMAND...: a dry run tells it, and nothing is submitted
	local object=$1 what=$2 expected=$3
	shift 3
	is "$(fields ".effect.changes[] | select(.object == \"$object\" and .what == \"$what\")
		| \"\(.before) > \(.after)\"" "$@" --dry-run)" "$expected"
}
paper() { echo "$2" >"$dir/papers/$1"; } # NAME TEXT

# ---- 2 ------------------------------------------------------------------------------------------------

make_key() { # NAME
	must "$stele" key new "$1" --passphrase-file "$STELE_PASSPHRASE_FILE"
}

register_academy() { # NUMBER
	must as validator-1 org register "${academies[$1 - 1]}" --name-en "Example Academy $1" \
		--name-zh "示例学院$1" --role reviewer --org-key "reviewer-$1" --purposes govern,review
}

scene_people() {
	local started_ms k
	scene "2  People, and a programme"
	mkdir -p "$dir/papers"
	paper note.txt "the clock ticks"
	paper terms.txt "terms of the example awards"
	must env STELE="$stele" scripts/example-programme "$programme"
	claim "$programme is open: CNY 60,000,000, at most 12 awards, three areas, division prefix 11" \
		is "$(fields '[.currency, .budget, .max_awards, (.areas | length),
			.eligibility.division_prefix] | join(" ")' \
			"$stele" programme show "$programme")" "CNY 6000000000 12 3 11"
	tell "three academies are to review; who sits on a panel is known to the ledger by a key only"
	for k in 1 2 3; do make_key "reviewer-$k"; done
	started_ms=$(now_ms)
	register_academy 1
	claim "one institution alone registers nobody: its motion is open and needs one more" \
		motion_is '"\(.state) \(.approvals | length) \(.approvals_needed)"' "open 1 2"
	claim "motion list names who can still approve: the three other institutions" \
		is "$(fields '.items[0].may_approve | length' "$stele" motion list)" 3
	"$stele" motion list 2>/dev/null | show
	must as validator-2 motion approve "$(newest_motion)"
	for k in 2 3; do
		register_academy $k
		must as validator-2 motion approve "$(newest_motion)"
	done
	pace_ms=$((($(now_ms) - started_ms) / 9))
	[ $pace_ms -ge 300 ] || pace_ms=300
	claim "with a second approval each, all three are registered reviewers" \
		is "$(fields '[.items[] | select(.roles == ["reviewer"])] | length' \
			"$stele" org list)" 3
}

# ---- 2 ------------------------------------------------------------------------------------------------

write_terms() {
	local open_ms=$(($(ledger_ms) > $(now_ms) ? $(ledger_ms) : $(now_ms)))
	deadline_ms=$((open_ms + $(window 20)))
	reveal_ms=$((deadline_ms + $(window 14)))
	review_ms=$((reveal_ms + $(window 24)))
	objection_ms=$(window 10)
	cat >"$dir/papers/call.txt" <<-TERMS
		# Internet 3.0, first call: one option a line, as on the command line
		title-en        Internet 3.0 research, first call
		title-zh        互联网3.0研究专项，第一次征集
		deadline        $deadline_ms
		reveal-until    $reveal_ms
		review-until    $review_ms
		objection       ${objection_ms}ms
		award-min       1,000,000.00
		award-max       8,000,000.00
		budget          60,000,000.00
		max-awards      12
		quorum          2
		panel-min       3
		criterion       merit:6000:10:Scientific merit:科学价值
		criterion       plan:4000:10:Plan and budget:计划与预算
		threshold       50%
	TERMS
}

scene_call() {
	scene "3  A call for proposals"
	write_terms
	local publish=(as agency call publish "$programme" $call --terms "$dir/papers/call.txt")
	claim "a dry run tells before anything is sent: CNY 60,000,000.00 would be called for" \
		effect_is programme "called for" "0 > 6000000000" "${publish[@]}"
	"${publish[@]}" --dry-run | show
	refused E4107 "a call for one fen more than the programme has" "${publish[@]}" \
		--budget 60,000,000.01
	write_terms # the times are counted from here
	must "${publish[@]}"
	must as agency call amend "$programme" $call --threshold 60% --reason "$dir/papers/note.txt"
	claim "the call is published, amended once, and open" \
		is "$(call_of '"\(.state) \(.version) \(.review.threshold)"')" "open 1 60000"
	"$stele" call show "$programme" $call | sed -n '/now:/,/objections/p' | show
}

# ---- 3 ------------------------------------------------------------------------------------------------

titles=("" "Volumetric capture in one room" "Models that name their sources" "Twins of small factories"
	"Speech for two hundred dialects" "A studio for everybody" "Light fields at home")
areas=("" 3d genai industrial genai 3d 3d)
asked=("" 5,000,000.00 6,000,000.00 4,500,000.00 3,000,000.00 2,000,000.00 7,000,000.00)

commit() { # K [OPTION...]: the proposal of institute K
	local k=$1
	shift
	paper "plan-$k.txt" "plan of ${titles[k]}"
	as "institute-$k" proposal commit "$programme" $call --title-en "${titles[k]}" \
		--area "${areas[k]}" --requested "${asked[k]}" --document "$dir/papers/plan-$k.txt:plan" "$@"
}
reveal() { # K PROPOSAL [OPTION...]
	as "institute-$1" proposal reveal "$programme" $call "${@:2}"
}
vault_of() { echo "$dir/net/keys/$1.vault.json"; }
sealed_in_vault() { # NAME: the mode, and what nobody else can see
	is "$(stat -c %a "$(vault_of "$1")")" 600 &&
		says "${titles[1]}" cat "$(vault_of "$1")"
}

scene_proposals() {
	local k consortium=(--member "$(organisation institute-1):6000"
		--member "$(organisation institute-7):4000")
	scene "4  Proposals, sealed"
	must commit 1 "${consortium[@]}"
	for k in 2 3 4 5 6; do must commit $k; done
	claim "six are handed in: applicants and commitments are known, nothing else" \
		is "$(fields '[.items[] | select(.state == "committed" and (has("titles") or
			has("requested") | not))] | length' "$stele" proposal list "$programme" $call)" 6
	claim "what opens the first lies in its applicant's vault (mode 600), with the document's path" \
		sealed_in_vault institute-1
	claim "the same command again hands nothing in twice: it finds its commitment in the ledger" \
		says "committed before" commit 1 "${consortium[@]}"
	claim "refused with E4136: a second proposal of one applicant" \
		ends 7 "error[E4136]" commit 2 --document "$dir/papers/terms.txt"
	claim "refused with E4106: an institute of another city" ends 7 "error[E4106]" \
		as outsider proposal commit "$programme" $call --title-en "From afar" --area 3d \
		--requested 2,000,000.00
	claim "refused with E4133: nobody opens a proposal before the deadline" \
		ends 7 "error[E4133]" reveal 1 1
	must as institute-5 proposal withdraw "$programme" $call 5
	claim "institute 5 takes its proposal back; what was in it stays unknown" \
		is "$(proposal_of 5 '"\(.state) \(.titles)"')" "withdrawn null"
	tell "the deadline passes …"
	must wait_for_ledger "$deadline_ms"
	refused E4132 "a proposal after the deadline" as institute-8 proposal commit "$programme" $call \
		--title-en "Too late" --area 3d --requested 2,000,000.00
}

# ---- 4 ------------------------------------------------------------------------------------------------

scene_reveal() {
	local k
	scene "5  Proposals are opened"
	must reveal 1 1
	claim "opened: title, amount and consortium are those that were sealed" \
		is "$(proposal_of 1 '"\(.titles.en), \(.requested), \(.consortium | length)"')" \
		"${titles[1]}, 500000000, 2"
	claim "another vault does not open it" ends 10 "error[" \
		as institute-2 proposal reveal "$programme" $call 1
	for k in 2 3 4; do must reveal $k $k; done
	tell "institute 6 comes when the time for it is over …"
	must wait_for_ledger "$reveal_ms"
	refused E4133 "a late reveal, whatever the reasons" reveal 6 6
	claim "four are opened, one was withdrawn, one has lapsed" \
		is "$(proposal_states)" "revealed revealed revealed revealed withdrawn lapsed"
}

# ---- 5 ------------------------------------------------------------------------------------------------

review() { # REVIEWER PROPOSAL MERIT PLAN
	paper "review-$1-$2.txt" "what reviewer $1 thinks of proposal $2"
	as "reviewer-$1" review commit "$programme" $call "$2" --score "merit=$3" --score "plan=$4" \
		--comment "$dir/papers/review-$1-$2.txt"
}
open_review() { as "reviewer-$1" review reveal "$programme" $call "$2"; } # REVIEWER PROPOSAL
reviews_of() { # PROPOSAL FILTER
	fields "$2" "$stele" review list "$programme" $call "$1"
}

scene_reviews() {
	scene "6  Reviews, sealed and opened"
	must as agency panel appoint "$programme" $call reviewer-1 reviewer-2 reviewer-3
	paper conflict.txt "I wrote with two of the applicants last year"
	must as reviewer-3 review conflict "$programme" $call 2 --reason "$dir/papers/conflict.txt"
	claim "reviewer 3 has declared a conflict of interest with proposal 2" \
		is "$(reviews_of 2 '[.items[] | "\(.reviewer) \(.state)"] | join(",")')" "3 conflicted"
	claim "refused with E4142: a review of it from that key" ends 7 "error[E4142]" review 3 2 9 9
	must review 1 1 9 8
	must review 2 1 8 8
	must review 3 1 7 9
	must review 1 2 8 7
	must review 2 2 7 7
	must review 1 3 8 8
	must review 2 3 6 7
	must review 1 4 4 5
	must review 2 4 5 5
	must review 3 4 9 9
	claim "ten reviews are sealed; no mark of any is known" \
		is "$(reviews_of 1 '[.items[] | select(.state == "committed" and (has("scores") | not))]
			| length')" 3
	claim "refused with E4144: nobody opens a review while others are still writing" \
		ends 7 "error[E4144]" open_review 1 1
	tell "the time for reviews passes …"
	must wait_for_ledger "$review_ms"
	must open_review 1 1
	must open_review 2 1
	must open_review 3 1
	must open_review 1 2
	must open_review 2 2
	must open_review 1 3
	must open_review 2 3
	must open_review 1 4
	must open_review 2 4
	claim "proposal 1: three reviews, weight times mark adds up to 86,000 + 80,000 + 78,000" \
		is "$(proposal_of 1 '"\(.revealed_reviews) \(.score)"')" "3 244000"
	"$stele" review list "$programme" $call 1 2>/dev/null | show
}

# ---- 6 ------------------------------------------------------------------------------------------------

decide() { # OPTION...
	as agency decision publish "$programme" $call --minutes "$dir/papers/minutes.txt" "$@"
}
grant_of() { # PROPOSAL [OPTION...]
	local k=$1
	shift
	as agency award grant "$programme" --call $call --proposal "$k" --start 2026-01-01 \
		--end 2027-12-31 --terms "$dir/papers/terms.txt" "$@"
}
objections_over_ms() {
	fields '[.items[].objections_until // 0] | max' "$stele" proposal list "$programme" $call
}

scene_decision() {
	scene "7  A decision, an objection, and another decision"
	paper minutes.txt "minutes of the meeting"
	local selection=(--select 1:5,000,000.00 --select 2:6,000,000.00 --select 3:4,500,000.00)
	must decide "${selection[@]}" --select 4:3,000,000.00
	claim "refused with E4151 when it is approved: proposal 4 lies below 60% with two opened reviews" \
		ends 7 "error[E4151]" as funder motion approve "$(newest_motion)"
	must as agency motion withdraw "$(newest_motion)"
	claim "a dry run tells what the decision would leave of the call's budget" \
		effect_is call "left of its budget" "6000000000 > 4450000000" \
		decide "${selection[@]}" --decline 4
	must decide "${selection[@]}" --decline 4
	claim "the agency does not decide alone: its motion waits for a funder" \
		motion_is '"\(.operation) \(.state) \(.approvals_needed) \(.approvers)"' \
		"decision.publish open 1 funder"
	must as funder motion approve "$(newest_motion)"
	claim "approved and executed: three are selected, one is declined" \
		is "$(proposal_states)" "selected selected selected declined withdrawn lapsed"
	claim "refused with E4157: no award while there is time for objections" \
		ends 7 "error[E4157]" grant_of 1
	paper grounds.txt "a third review of proposal 4 was sealed in time and not opened"
	must as institute-4 objection file "$programme" $call 4 --grounds "$dir/papers/grounds.txt"
	claim "institute 4 objects: a review of its proposal was sealed and never opened" \
		is "$(fields '.items[0] | "\(.proposal) \(.state)"' \
			"$stele" objection list "$programme" $call)" "4 open"
	must as agency objection resolve "$programme" $call 1 --uphold --reason "$dir/papers/grounds.txt"
	must as funder motion approve "$(newest_motion)"
	claim "upheld by a motion: the decision on proposal 4 is void, the others stand" \
		is "$(proposal_states)" "selected selected selected revealed withdrawn lapsed"
	must open_review 3 4
	must decide --select 4:3,000,000.00
	must as funder motion approve "$(newest_motion)"
	claim "with the third review proposal 4 has 184,000 of 180,000 points and is selected" \
		is "$(proposal_of 4 '"\(.state) \(.score) \(.decisions)"')" "selected 184000 2"
	"$stele" decision show "$programme" $call 2>/dev/null | show
}

# ---- 8 ------------------------------------------------------------------------------------------------

milestones_1=(--milestone "2026-12-31:2,000,000.00:$dir/papers/terms.txt"
	--milestone "2027-12-31:3,000,000.00:$dir/papers/terms.txt")
milestones_2=(--milestone "2026-12-31:2,000,000.00:$dir/papers/terms.txt"
	--milestone "2027-12-31:4,000,000.00:$dir/papers/terms.txt")

accept() { as "institute-$1" award accept "$programme" "$2"; } # INSTITUTE AWARD

scene_awards() {
	local k one=$(organisation institute-1)
	scene "8  Awards"
	tell "the time for objections passes …"
	must wait_for_ledger "$(objections_over_ms)"
	claim "a dry run: the first award would leave CNY 55,000,000.00 of the programme" \
		effect_is programme remaining "6000000000 > 5500000000" grant_of 1 "${milestones_1[@]}"
	grant_of 1 "${milestones_1[@]}" --dry-run | show
	refused E4152 "one fen more than was decided" grant_of 3 --amount 4,500,000.01
	must grant_of 1 "${milestones_1[@]}"
	must grant_of 2 "${milestones_2[@]}"
	must grant_of 3
	must grant_of 4
	claim "four awards: CNY 18,500,000.00 committed, nothing paid" is "$(totals)" "1850000000 0 0 4"
	claim "refused with E4158: a second award on one proposal" ends 7 "error[E4158]" grant_of 3
	must accept 1 1
	refused E4118 "a payment on award 1, which one of its two recipients has not accepted" \
		pay 1 1,000,000.00 "$one" B2026030100001 --milestone 1
	must accept 7 1
	for k in 2 3 4; do must accept $k $k; done
	claim "all recipients accepted with their own keys: four active awards" \
		is "$(fields '[.items[].state] | join(" ")' "$stele" award list "$programme")" \
		"active active active active"
}

# ---- 9 ------------------------------------------------------------------------------------------------

claim_milestone() { # INSTITUTE AWARD MILESTONE: with evidence that it anchors
	paper "report-$2-$3.txt" "report of award $2 on milestone $3"
	as "institute-$1" anchor "$dir/papers/report-$2-$3.txt" &&
		as "institute-$1" milestone claim "$programme" "$2" "$3" \
			--evidence "$dir/papers/report-$2-$3.txt"
}
assess() { # AWARD MILESTONE RESULT [OPTION...]
	local award=$1 milestone=$2 result=$3
	shift 3
	as agency milestone assess "$programme" "$award" "$milestone" --result "$result" "$@"
}
milestones_of() { # AWARD
	fields '[.items[].state] | join(" ")' "$stele" milestone list "$programme" "$1"
}

scene_work() {
	local one=$(organisation institute-1) three=$(organisation institute-3)
	scene "9  Work is assessed, and paid"
	claim "refused with E4115: money for a milestone that nobody has assessed" \
		ends 7 "error[E4115]" pay 1 2,000,000.00 "$one" B2026030100001 --milestone 1
	claim "refused with E4162: an assessment of what nobody has claimed" \
		ends 7 "error[E4162]" assess 1 1 met
	must claim_milestone 1 1 1
	must assess 1 1 met
	must pay 1 2,000,000.00 "$one" B2026030100001 --milestone 1
	must claim_milestone 1 1 2
	must assess 1 2 partly --payable 2,500,000.00
	claim "award 1: one milestone met, one in part; CNY 4,500,000.00 of 5,000,000.00 can be paid" \
		is "$(milestones_of 1) $(award_of 1 .payable)" "met partly 450000000"
	refused E4115 "one fen more than was found payable" \
		pay 1 2,500,000.01 "$one" B2027010100002 --milestone 2
	must pay 1 2,500,000.00 "$one" B2027010100002 --milestone 2
	must as agency award complete "$programme" 1
	must as agency award close "$programme" 1
	must pay 3 4,500,000.00 "$three" B2026030100003
	must as funder disbursement reverse "$programme" 3 1 --reason "$dir/papers/note.txt"
	claim "a payment on award 3 came back from the bank and is reversed" \
		is "$(fields '.items[0].state' "$stele" disbursement list "$programme" 3) \
$(award_of 3 .paid)" "reversed 0"
	claim "refused with E4024: its reference is used up all the same" \
		ends 7 "error[E4024]" pay 3 4,500,000.00 "$three" B2026030100003
	must pay 3 4,500,000.00 "$three" B2026030100004
	must pay 4 3,000,000.00 "$(organisation institute-4)" B2026030100005
	claim "paid so far: CNY 12,000,000.00, and committed is what it was" \
		is "$(totals)" "1850000000 1200000000 0 4"
}

# ---- 10 -----------------------------------------------------------------------------------------------

terminate() {
	as agency award terminate "$programme" 2 --unspent 400,000.00 \
		--reason "$dir/papers/finding.txt" "$@"
}
receive() { # AMOUNT REFERENCE [OPTION...]
	as agency recovery receive "$programme" 2 --amount "$1" \
		--payer "$(organisation institute-2)" --date 2027-03-20 --reference "${@:2}"
}
demand() { # AMOUNT
	as agency recovery demand "$programme" 2 --amount "$1" --due 2027-03-31 \
		--reason "$dir/papers/finding.txt"
}

scene_recovery() {
	local k two=$(organisation institute-2)
	scene "10  One award goes wrong"
	paper finding.txt "what the agency found"
	must claim_milestone 2 2 1
	must assess 2 1 met
	must as agency award suspend "$programme" 2 --reason "$dir/papers/finding.txt"
	refused E4112 "a payment on a suspended award" pay 2 2,000,000.00 "$two" B2026060100006 --milestone 1
	must as agency award resume "$programme" 2
	must pay 2 2,000,000.00 "$two" B2026060100006 --milestone 1
	claim "resumed, it is paid" is "$(award_of 2 '"\(.state) \(.paid)"')" "active 200000000"
	claim "a dry run: its end would set CNY 4,000,000.00 free; a funder has to approve" \
		effect_is programme committed "1850000000 > 1450000000" terminate
	must terminate
	must as funder motion approve "$(newest_motion)"
	claim "terminated: committed is what was paid, CNY 2,000,000.00; three awards are live" \
		is "$(award_of 2 '"\(.state) \(.committed) \(.unspent)"') $(totals)" \
		"terminated 200000000 40000000 1450000000 1400000000 0 3"
	claim "refused with E4169: more demanded back than was paid" ends 7 "error[E4169]" \
		demand 2,000,000.01
	must demand 400,000.00
	must receive 150,000.00 R2027031000001
	refused E4170 "one fen more received than was demanded" receive 250,000.01 R2027032000002
	must receive 250,000.00 R2027032000003
	claim "the unspent CNY 400,000.00 are back; they restore no budget" \
		is "$(award_of 2 '"\(.demanded) \(.received)"') $(totals)" \
		"40000000 40000000 1450000000 1400000000 40000000 3"
	claim "refused with E4124: the programme does not close over open awards" \
		ends 7 "error[E4124]" as funder programme close "$programme"
	for k in 3 4; do must as agency award complete "$programme" $k; done
	for k in 2 3 4; do must as agency award close "$programme" $k; done
	must as funder programme close "$programme"
	claim "all four awards are closed, and so is the programme" \
		is "$(fields .state "$stele" programme show "$programme") $(fields \
			'[.items[].state] | unique | join(" ")' "$stele" award list "$programme")" \
		"closed closed"
	refused E4103 "another award after that" grant_of 3
	"$stele" programme show "$programme" 2>/dev/null | sed -n '/budget/,$p' | show
}

# ---- 11 -----------------------------------------------------------------------------------------------

proven() { # FILTER: of the awards' proof, judged without a network
	auditor offline "$stele" proof check "$dir/awards.json" --json | jq -r "$1"
}

scene_auditor() {
	scene "11  The auditor"
	must "$stele" proof get awards "$programme" -o "$dir/awards.json"
	must "$stele" proof get state "call/$programme/$call" "proposal/$programme/$call/6" \
		"award/$programme/5" -o "$dir/state.json"
	must "$stele" localnet down
	claim "no node runs, and there is no network: a namespace with a dead loopback only" no_network
	claim "proved: these four awards are all, and no fifth was ever made" \
		is "$(proven '"\(.count) \(.signers_pinned) \([.items[] | select(.present)] | length)"')" \
		"4 true 5"
	claim "proved: committed 14,500,000.00, paid 14,000,000.00, recovered 400,000.00 (CNY)" \
		is "$(proven '"\(.committed) \(.paid) \(.recovered) \(.budget) \(.currency)"')" \
		"1450000000 1400000000 40000000 6000000000 CNY"
	auditor offline "$stele" proof check "$dir/awards.json" | show
	claim "proved: the late proposal was never opened, and what the call decided" \
		is "$(auditor offline "$stele" proof check "$dir/state.json" --json | jq -r '[.items[] |
			select(.present) | .value | .selected // .state // "sealed"] | join(" ")')" "4 sealed"
	jq -cS 'del(.entries[2])' "$dir/awards.json" >"$dir/awards-cut.json"
	claim "the list with one award left out is not accepted" ends 3 error \
		auditor offline "$stele" proof check "$dir/awards-cut.json"
	claim "verify-ledger: node 3's whole ledger follows from its records, every rule asked again" \
		auditor offline "$stele" verify-ledger "$dir/net/node-3"
	show <"$dir/claim.out"
}

play_story() {
	scene_network
	scene_people
	scene_call
	scene_proposals
	scene_reveal
	scene_reviews
	scene_decision
	scene_awards
	scene_work
	scene_recovery
	scene_auditor
}
