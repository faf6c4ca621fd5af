/* The voting rules (docs/protocol.md sections 6 and 7: R2, R4, R7, R8) under Byzantine leaders: at most one
 * notarization a view, never a nullification beside a finalization, all that is final on one chain.
 *
 * n = 3F + 1.  The F Byzantine validators sign everything, so a certificate exists as soon as F + 1 of the
 * 2F + 1 correct ones gave that vote.  Every leader is Byzantine: two blocks a view, their parents chosen at
 * the start.  Time and network may do anything: a correct validator takes any permitted step at any moment,
 * and knows any certificate that exists, or not yet.  Which view it is in does not bind it (it may vote in
 * all of them at once): more than the protocol permits.
 *
 * Between views correct validators meet only through certificates, so who of one view is who in another does
 * not matter; each view keeps its 2F + 1 ballots sorted.
 *
 * BUG_SKIP     skipped views need no nullification      BUG_ORPHAN   the parent need not be notarized
 * BUG_NULLFIN  finalize after nullify                   BUG_QUORUM   certificates of 2F
 * BUG_DOUBLE   notarize twice                           BUG_BLIND    finalize without holding N */
#ifndef VIEWS
#define VIEWS 3
#endif
#ifndef F
#define F 1
#endif
#define CORRECT (2 * F + 1)
#ifdef BUG_QUORUM
#define NEEDED F       /* correct votes in a certificate */
#else
#define NEEDED (F + 1)
#endif
#define BLOCKS 2
#define ORIGIN 255     /* the parent that is final before view 1 */

/* a ballot: what one correct validator has said in one view */
#define NOTARIZE(b) (1 << (b))
#define NULLIFY 4
#define FINALIZE(b) (8 << (b))

byte ballot[VIEWS * CORRECT];
byte parent[VIEWS * BLOCKS]; /* of block b of view v, views from 0: a block's place here, or ORIGIN */

#define BALLOT(v, i) ballot[(v) * CORRECT + (i)]
#define HAS(v, i, vote) ((BALLOT(v, i) & (vote)) != 0)
#if F == 1
#define COUNT(v, vote) (HAS(v, 0, vote) + HAS(v, 1, vote) + HAS(v, 2, vote))
#else
#define COUNT(v, vote) (HAS(v, 0, vote) + HAS(v, 1, vote) + HAS(v, 2, vote) + HAS(v, 3, vote) + HAS(v, 4, vote))
#endif
#define CERTIFIED(v, vote) (COUNT(v, vote) >= NEEDED)

byte v, i, b, u, w, at, was; /* of the step under way, 0 between steps */
bool is_justified;
bool is_double; /* the same with the two blocks of a view exchanged is looked at */

/* R2: N of the parent, and X of every view between */
inline justify()
{
	is_justified = true;
	at = parent[v * BLOCKS + b];
	u = 0;
	if
	:: at != ORIGIN ->
		u = at / BLOCKS + 1;
#ifndef BUG_ORPHAN
		is_justified = CERTIFIED(at / BLOCKS, NOTARIZE(at % BLOCKS))
#endif
	:: else
	fi;
#ifndef BUG_SKIP
	do
	:: is_justified && u < v -> is_justified = CERTIFIED(u, NULLIFY); u++
	:: else -> break
	od;
#endif
	u = 0;
	at = 0
}

/* Adds a vote, and puts the ballots of the view in order again: only their number matters. */
inline cast(vote)
{
	BALLOT(v, i) = BALLOT(v, i) | (vote);
	do
	:: i + 1 < CORRECT && BALLOT(v, i) > BALLOT(v, i + 1) ->
		was = BALLOT(v, i); BALLOT(v, i) = BALLOT(v, i + 1); BALLOT(v, i + 1) = was; i++
	:: else -> break
	od;
	was = 0
}

/* Whatever is final later stands on what is final in this view. */
inline check_descent()
{
	w = v + 1;
	do
	:: w < VIEWS ->
		u = 0;
		do
		:: u < BLOCKS && CERTIFIED(w, FINALIZE(u)) ->
			at = w * BLOCKS + u;
			do
			:: at != ORIGIN && at / BLOCKS > v -> at = parent[at]
			:: else -> break
			od;
			assert(at == v * BLOCKS + b);
			u++
		:: u < BLOCKS && !CERTIFIED(w, FINALIZE(u)) -> u++
		:: else -> break
		od;
		w++
	:: else -> break
	od
}

inline check()
{
	v = 0;
	do
	:: v < VIEWS ->
		assert(!(CERTIFIED(v, NOTARIZE(0)) && CERTIFIED(v, NOTARIZE(1))));
		b = 0;
		do
		:: b < BLOCKS && CERTIFIED(v, FINALIZE(b)) ->
			assert(CERTIFIED(v, NOTARIZE(b)));
			assert(!CERTIFIED(v, NULLIFY));
			check_descent();
			b++
		:: b < BLOCKS && !CERTIFIED(v, FINALIZE(b)) -> b++
		:: else -> break
		od;
		v++
	:: else -> break
	od;
	v = 0; i = 0; b = 0; u = 0; w = 0; at = 0; was = 0; is_justified = false
}

/* Views before v offer two blocks each; that the first of a view's blocks has the lower parent loses nothing. */
inline choose_parents()
{
	v = 0;
	do
	:: v < VIEWS ->
		b = 0;
		do
		:: b < BLOCKS ->
			select(at : 0 .. (v * BLOCKS));
			if
			:: at == v * BLOCKS -> parent[v * BLOCKS + b] = ORIGIN
			:: else -> parent[v * BLOCKS + b] = at
			fi;
			b++
		:: else -> break
		od;
		if
		:: parent[v * BLOCKS] > parent[v * BLOCKS + 1] -> is_double = true
		:: else
		fi;
		v++
	:: else -> break
	od;
	v = 0; b = 0; at = 0
}

#define OWN BALLOT(v, i)
#define FINALIZED (OWN & (FINALIZE(0) | FINALIZE(1)))
#ifdef BUG_DOUBLE
#define MAY_NOTARIZE ((OWN & (NULLIFY | NOTARIZE(b))) == 0)
#else
#define MAY_NOTARIZE ((OWN & (NULLIFY | NOTARIZE(0) | NOTARIZE(1))) == 0)
#endif
#ifdef BUG_BLIND
#define HAS_LEFT false              /* it need not hold N, and so is still in the view */
#define KNOWS_N true
#else
#define HAS_LEFT (FINALIZED != 0)   /* who finalized holds N, and is in a later view */
#define KNOWS_N CERTIFIED(v, NOTARIZE(b))
#endif
#ifdef BUG_NULLFIN
#define NOT_NULLIFIED true
#else
#define NOT_NULLIFIED ((OWN & NULLIFY) == 0)
#endif
#define MAY_FINALIZE (FINALIZED == 0 && KNOWS_N && NOT_NULLIFIED && (OWN & NOTARIZE(1 - b)) == 0)

/* Of equal ballots one is enough. */
#define IS_FIRST (i == 0 || BALLOT(v, i) != BALLOT(v, i - 1))

init {
	atomic { choose_parents() };
	do
	:: is_double -> break
	:: !is_double -> atomic {
		select(v : 0 .. (VIEWS - 1));
		select(i : 0 .. (CORRECT - 1));
		select(b : 0 .. (BLOCKS - 1));
		if
		:: IS_FIRST && MAY_NOTARIZE && !HAS_LEFT ->
			d_step {
				justify();
				if
				:: is_justified -> cast(NOTARIZE(b))
				:: else
				fi
			}
		:: IS_FIRST && b == 0 && (OWN & NULLIFY) == 0 && FINALIZED == 0 -> d_step { cast(NULLIFY) }
		:: IS_FIRST && MAY_FINALIZE -> d_step { cast(FINALIZE(b)) }
		:: else
		fi;
		d_step { check() }
	}
	od
}
