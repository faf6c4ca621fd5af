/* Timeout: how long a view may take, when it is idle, and who is not waited for.
 * Monotonic microseconds; section 5 of docs/protocol.md. */
#ifndef STELE_CONSENSUS_TIMEOUT_H
#define STELE_CONSENSUS_TIMEOUT_H

#include "consensus/state.h"

/* Delta_eff: grows with the views beyond last_final, capped. */
uint64_t timeout_delta(const struct core *core);
uint64_t timeout_proposal_us(const struct core *core);
uint64_t timeout_view_us(const struct core *core);
/* L of section 8, grown with the timer. */
uint64_t timeout_late_ms(const struct core *core);

/* Counts from now; arming again replaces. */
void timeout_arm(struct core *core, enum timer_id timer, uint64_t delay_us);
void timeout_cancel(struct core *core, enum timer_id timer);
/* Whether this timer was due; one that came early is armed for the rest. */
bool timeout_fired(struct core *core, enum timer_id timer);

/* R5: the timers of a view that was just entered. */
void timeout_enter(struct core *core);
/* Section 5: a new finalization resets Delta_eff, so a longer wait is cut. */
void timeout_shorten(struct core *core);
void timeout_arm_retry(struct core *core);
void timeout_arm_stand(struct core *core);
/* Lets idleness of cur begin or end. */
void timeout_watch_idle(struct core *core);

#endif
