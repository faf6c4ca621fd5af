/* Crashes (docs/protocol.md section 10): what is durable, what is not, and a sign state that is lost.
 *
 * A vote is entered and a certificate held, both volatile; one write makes all of a node durable, and only then
 * its votes leave.  A crash keeps what is durable.  A validator that lost its sign state forgets all of its votes, asks the others,
 * and signs again above a floor.  A view offers two blocks; parents are left to voting.pml.
 *
 * Judged: what a validator lets out never contradicts what it let out before, in any life, as long as it counts
 * as correct; one notarization a view, no nullification beside a finalization; and no view stays open for ever:
 * everything here happens a bounded number of times, so a run that can go on no more has to have passed all
 * views (an invalid end state otherwise; trap 20 of section 16).
 *
 * It is node 0 that is watched: only it may crash alone, lose its state, or vote for the second block of a view.
 *
 * Without LOST: n = 4, three correct validators that may crash, one Byzantine that helps until it falls silent.
 * With LOST: four correct validators; node 0 loses its sign state.
 *
 * BUG_EARLY   a vote leaves before it is durable          BUG_POOL   the own vote counts before it is durable
 * BUG_ORDER   votes are durable before the certificates that let the node enter their views
 * PLAIN: the others only nullify, and nobody finalizes; a smaller search for
 * LOST: BUG_FLOOR   the floor is one too low              LOST: BUG_FEW   f others are asked, not q */
#ifndef VIEWS
#define VIEWS 2
#endif
#ifdef LOST
#define CRASHES 0
#else
#define CRASHES 1
#endif
#ifdef LOST
#define NODES 4
#ifndef LOSSES
#define LOSSES 1
#endif
#else
#define NODES 3
#endif
#define QUORUM 3

#define NA 1             /* notarize one block, */
#define NB 2             /* or the other */
#define X 4              /* nullify */
#define FA 8             /* finalize */
#define FB 16

#define AT(i, v) ((i) * VIEWS + (v))
byte entered[NODES * VIEWS];  /* own votes, volatile ones too */
byte durable[NODES * VIEWS];
byte sent[NODES * VIEWS];     /* of all lives: the network forgets nothing */
byte held[NODES * VIEWS];     /* certificates NA, NB, X; volatile ones too */
byte kept[NODES * VIEWS];     /* durable ones */
byte cur[NODES];              /* views from 0; VIEWS: past them all */
byte crashes;
#ifdef LOST
bool is_lost[NODES];
byte floor[NODES];            /* signs in views at or above this only */
byte losses;
#define MAY_SIGN(i, v) (!is_lost[i] && (v) >= floor[i])
#else
bool is_silent;               /* the Byzantine one */
#define MAY_SIGN(i, v) true
#endif

#ifdef BUG_POOL
#define OWN_POOL entered
#else
#define OWN_POOL sent
#endif
/* Votes of the others count when they were sent, the own ones when they are in the own pool. */
#define HAS(i, v, what, me) ((((i) == (me) -> OWN_POOL[AT(i, v)] : sent[AT(i, v)]) & (what)) != 0)
#ifdef LOST
#define VOTES(v, what, me) (HAS(0, v, what, me) + HAS(1, v, what, me) + HAS(2, v, what, me) + HAS(3, v, what, me))
#define SENT(v, what) (((sent[AT(0, v)] & (what)) != 0) + ((sent[AT(1, v)] & (what)) != 0) + \
		      ((sent[AT(2, v)] & (what)) != 0) + ((sent[AT(3, v)] & (what)) != 0))
#define RELAYED(v, what) (((held[AT(0, v)] | held[AT(1, v)] | held[AT(2, v)] | held[AT(3, v)]) & (what)) != 0)
#define IS_DONE (cur[0] == VIEWS && cur[1] == VIEWS && cur[2] == VIEWS && cur[3] == VIEWS)
#else
#define VOTES(v, what, me) (HAS(0, v, what, me) + HAS(1, v, what, me) + HAS(2, v, what, me) + (is_silent -> 0 : 1))
#define SENT(v, what) (((sent[AT(0, v)] & (what)) != 0) + ((sent[AT(1, v)] & (what)) != 0) + \
		      ((sent[AT(2, v)] & (what)) != 0) + 1)
#define RELAYED(v, what) (((held[AT(0, v)] | held[AT(1, v)] | held[AT(2, v)]) & (what)) != 0)
#define IS_DONE (cur[0] == VIEWS && cur[1] == VIEWS && cur[2] == VIEWS)
#endif

byte k, c;                    /* of the step under way, 0 between steps */

/* Section 6; entering is volatile. */
#define OWN entered[AT(i, v)]
#define MAY_NOTARIZE(v) (v == cur[i] && MAY_SIGN(i, v) && (entered[AT(i, v)] & (NA | NB | X)) == 0)
#define MAY_NULLIFY(v) (v == cur[i] && MAY_SIGN(i, v) && (entered[AT(i, v)] & (X | FA | FB)) == 0)
#define MAY_FINALIZE(v, n, other) ((held[AT(i, v)] & (n)) != 0 && (held[AT(i, v)] & X) == 0 && \
				   MAY_SIGN(i, v) && (entered[AT(i, v)] & (X | FA | FB | (other))) == 0)

inline take(what)
{
#ifdef BUG_POOL
	/* the certificate shows the own vote to all */
	sent[AT(i, v)] = sent[AT(i, v)] | (OWN & (what));
#endif
	held[AT(i, v)] = held[AT(i, v)] | (what);
#ifdef LOST
	kept[AT(i, v)] = held[AT(i, v)];
#endif
	if
	:: cur[i] <= v -> cur[i] = v + 1
	:: else
	fi
}

#define IS_NEWS(v, what) ((held[AT(i, v)] & (what)) == 0 && (RELAYED(v, what) || VOTES(v, what, i) >= QUORUM))

inline check()
{
	k = sent[AT(i, v)];
	assert((k & (NA | NB)) != (NA | NB));
	assert((k & (FA | FB)) != (FA | FB));
	assert(!((k & X) != 0 && (k & (FA | FB)) != 0));
	assert(!((k & NA) != 0 && (k & FB) != 0) && !((k & NB) != 0 && (k & FA) != 0));
	assert(!(SENT(v, NA) >= QUORUM && SENT(v, NB) >= QUORUM));
	assert(!(SENT(v, X) >= QUORUM && (SENT(v, FA) >= QUORUM || SENT(v, FB) >= QUORUM)));
	k = 0
}

/* Section 10: cur is above the highest durable certificate, and at least the view of the highest own vote. */
inline restart(I)
{
	cur[I] = 0;
	c = 0;
	do
	:: c < VIEWS ->
		entered[AT(I, c)] = durable[AT(I, c)];
		held[AT(I, c)] = kept[AT(I, c)];
		if
		:: kept[AT(I, c)] != 0 -> cur[I] = c + 1
		:: kept[AT(I, c)] == 0 && (durable[AT(I, c)] & (NA | NB | X)) != 0 && cur[I] < c -> cur[I] = c
		:: else
		fi;
		c++
	:: else -> break
	od;
	c = 0
}

#ifdef LOST
inline forget(I)
{
	c = 0;
	do
	:: c < VIEWS ->
		entered[AT(I, c)] = 0; durable[AT(I, c)] = 0; held[AT(I, c)] = 0; kept[AT(I, c)] = 0;
		c++
	:: else -> break
	od;
	c = 0;
	cur[I] = 0;
	floor[I] = 0;
	is_lost[I] = true
}

#ifdef BUG_FLOOR
#define ABOVE 1
#else
#define ABOVE 2                /* never at a view <= c + 1 */
#endif
#define OTHER(n) ((i + (n)) % NODES)
#define HIGHER(a, b) ((a) > (b) -> (a) : (b))
#define OTHERS_SIGN (!is_lost[OTHER(1)] && !is_lost[OTHER(2)] && !is_lost[OTHER(3)])
/* q others are all of them here: each shows the view it is in by the certificate for the one before. */
#ifdef BUG_FEW
#define HIGHEST cur[OTHER(1)]
#else
#define HIGHEST HIGHER(cur[OTHER(1)], HIGHER(cur[OTHER(2)], cur[OTHER(3)]))
#endif

proctype recovery_of(byte i)
{
end:	do
	:: atomic { is_lost[i] && OTHERS_SIGN -> floor[i] = HIGHEST + ABOVE; is_lost[i] = false }
	od
}

#define ALL_SIGN (!is_lost[0] && !is_lost[1] && !is_lost[2] && !is_lost[3])
/* a second loss within the floor of the first would be one fault too many */
#define ALL_BACK (ALL_SIGN && floor[0] <= cur[0] && floor[1] <= cur[1] && floor[2] <= cur[2] && floor[3] <= cur[3])
#endif

inline vote(what)
{
	OWN = OWN | (what);
#ifdef LOST
	durable[AT(i, v)] = OWN; /* crashes are looked at without LOST */
#endif
#if defined(BUG_EARLY) || defined(LOST)
	sent[AT(i, v)] = sent[AT(i, v)] | (what);
	check()
#endif
}

/* One write of all that is not durable, then the votes leave. */
inline write()
{
	v = 0;
	do
	:: v < VIEWS ->
		durable[AT(i, v)] = OWN;
#ifndef BUG_ORDER
		kept[AT(i, v)] = held[AT(i, v)];
#endif
		sent[AT(i, v)] = sent[AT(i, v)] | OWN;
		check();
		v++
	:: else -> break
	od;
	v = 0
}

#ifdef BUG_ORDER
#define DIRTY(i, v) (entered[AT(i, v)] != durable[AT(i, v)])
#else
#define DIRTY(i, v) (entered[AT(i, v)] != durable[AT(i, v)] || held[AT(i, v)] != kept[AT(i, v)])
#endif
#if VIEWS == 1
#define IS_DIRTY DIRTY(i, 0)
#elif VIEWS == 2
#define IS_DIRTY (DIRTY(i, 0) || DIRTY(i, 1))
#else
#define IS_DIRTY (DIRTY(i, 0) || DIRTY(i, 1) || DIRTY(i, 2))
#endif

#define DO(guard, deed) atomic { guard -> deed; v = 0 }
#ifdef PLAIN
#define ANY false
#else
#define ANY true
#endif
#define STEPS(w) \
	:: DO((i == 0 || ANY) && MAY_NOTARIZE(w), v = w; vote(NA)) \
	:: DO(i == 0 && MAY_NOTARIZE(w), v = w; vote(NB)) \
	:: DO(MAY_NULLIFY(w), v = w; vote(X)) \
	:: DO(ANY && MAY_FINALIZE(w, NA, NB), v = w; vote(FA)) \
	:: DO(ANY && i == 0 && MAY_FINALIZE(w, NB, NA), v = w; vote(FB)) \
	:: DO(IS_NEWS(w, NA), v = w; take(NA)) \
	:: DO(IS_NEWS(w, X), v = w; take(X))

proctype node(byte i)
{
	byte v;
end:	do
	STEPS(0)
#if VIEWS > 1
	STEPS(1)
#endif
#if VIEWS > 2
	STEPS(2)
#endif
	:: atomic { IS_DIRTY -> write() }
#ifdef BUG_ORDER
	:: atomic { held[AT(i, 0)] != kept[AT(i, 0)] -> kept[AT(i, 0)] = held[AT(i, 0)] }
#endif
	od
}

#define CRASH(i) atomic { crashes < CRASHES -> crashes++; restart(i) }

proctype chance()
{
end:	do
	:: CRASH(0)
	:: atomic { crashes < CRASHES -> crashes++; restart(0); restart(1); restart(2);
#ifdef LOST
		restart(3)
#endif
	}
#ifdef LOST
	:: atomic { losses < LOSSES && ALL_BACK -> losses++; forget(0) }
#else
	:: !is_silent -> is_silent = true
#endif
	od
}

/* When nothing can happen any more, all must be past all views. */
proctype watch()
{
	IS_DONE
}

init {
	atomic {
		do
		:: k < NODES ->
			run node(k);
#ifdef LOST
			run recovery_of(k);
#endif
			k++
		:: else -> break
		od;
		k = 0;
		run chance();
		run watch()
	}
}
