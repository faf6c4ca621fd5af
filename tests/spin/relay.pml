/* Relay and retry (docs/protocol.md section 7: R3, R4, R5, R7, R10, R11; section 10: restart): every view gets
 * certified at every correct validator, however many messages were lost until a point.
 *
 * n = 4, f = 1.  Three correct validators; the fourth is Byzantine and gives votes to whom it likes, or none.
 * Until the network is stable each message may be lost, at each receiver for itself, and nodes may crash: what
 * is durable (own votes, certificates) comes back, what was heard from others does not.  A view has one block:
 * notarizing it, and finalizing it, is something that may happen; what must happen is t_view and t_retry.
 * Left out, as none of it helps a view along: certificates of finalization, and votes of views already left.
 *
 * Weak fairness: a node whose timers run takes its turn at some time, and the network becomes stable.  What spin
 * then looks for is a run in which a view stays open for ever: pan -a -f.
 *
 * BUG_RETRY   votes and status are sent once            BUG_RELAY   certificates stay where they were formed
 * BUG_REPLAY  after a restart the own nullify does not count for the node itself */
#ifndef VIEWS
#define VIEWS 2
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef GIFTS
#define GIFTS 1          /* votes of the Byzantine one */
#endif
#define NODES 3
#define QUORUM 3
#define BYZANTINE 3

#define NOTARIZE 0
#define NULLIFY 1
#define FINALIZE 2
#define BIT(k) (1 << (k))

/* a bit for each signer: votes that a node counts; for views not yet left */
byte pool[NODES * VIEWS * 2];
#define POOL(i, v, k) pool[((i) * VIEWS + (v)) * 2 + (k)]
/* a bit for each kind: the own votes, and the certificates held */
byte own[NODES * VIEWS];
byte held[NODES * VIEWS];
#define OWN(i, v) own[(i) * VIEWS + (v)]
#define HELD(i, v) held[(i) * VIEWS + (v)]
byte cur[NODES];         /* views from 0; VIEWS: past them all */
bool is_stable;
byte crashes, gifts;

byte b, v, k, x;         /* of the step under way, 0 between steps */

#define ONES(bits) (((bits) & 1) + (((bits) >> 1) & 1) + (((bits) >> 2) & 1) + (((bits) >> 3) & 1))
#define IS_DONE (cur[0] == VIEWS && cur[1] == VIEWS && cur[2] == VIEWS)

/* R4, R5: a certificate is stored, and its view left. */
inline store(I, V, K)
{
	HELD(I, V) = HELD(I, V) | BIT(K);
	if
	:: cur[I] <= V ->
		do
		:: cur[I] <= V -> POOL(I, cur[I], NOTARIZE) = 0; POOL(I, cur[I], NULLIFY) = 0; cur[I]++
		:: else -> break
		od
	:: else
	fi
}

/* R10: broadcast once, or announced once and asked for, which is the same with two more messages that may be lost.
 * Whoever gets it keeps it; its own broadcast would add nothing here. */
inline relay(I, V, K)
{
#ifndef BUG_RELAY
	do
	:: x < NODES ->
		if
		:: x != I && (HELD(x, V) & BIT(K)) == 0 -> store(x, V, K)
		:: !is_stable || x == I || (HELD(x, V) & BIT(K)) != 0
		fi;
		x++
	:: else -> break
	od;
#endif
	x = 0
}

/* R3: a vote of SIGNER reaches node I; at a quorum the certificate is formed. */
inline hear(I, V, K, SIGNER)
{
	if
	:: V >= cur[I] && V <= cur[I] + 1 ->
		POOL(I, V, K) = POOL(I, V, K) | BIT(SIGNER);
		if
		:: ONES(POOL(I, V, K)) >= QUORUM ->
			store(I, V, K);
			relay(I, V, K)
		:: else
		fi
	:: else
	fi
}

/* An own vote: durable, then in the own pool, then to all. */
inline cast(I, V, K)
{
	OWN(I, V) = OWN(I, V) | BIT(K);
	hear(I, V, K, I);
	b = 0;
	do
	:: b < NODES ->
		if
		:: b != I -> hear(b, V, K, I)
		:: !is_stable || b == I
		fi;
		b++
	:: else -> break
	od;
	b = 0
}

/* R11: the own votes and a status go to TO; it counts the votes, and sends back what the sender lacks. */
inline retry(I, TO)
{
	v = 0;
	do
	:: v < VIEWS ->
		k = 0;
		do
		:: k < 2 ->
			if
			:: (OWN(I, v) & BIT(k)) != 0 -> hear(TO, v, k, I)
			:: else
			fi;
			k++
		:: else -> break
		od;
		v++
	:: else -> break
	od;
#ifndef BUG_RELAY
	v = 0;
	do
	:: v < VIEWS ->
		k = 0;
		do
		:: k < 2 ->
			if
			:: (HELD(TO, v) & BIT(k)) != 0 && (HELD(I, v) & BIT(k)) == 0 -> store(I, v, k)
			:: else
			fi;
			k++
		:: else -> break
		od;
		v++
	:: else -> break
	od;
#endif
	v = 0;
	k = 0
}

inline retry_or_lose(I, TO)
{
	if
	:: retry(I, TO)
	:: !is_stable
	fi
}

#define MAY_NULLIFY(i) (cur[i] < VIEWS && (OWN(i, cur[i]) & (BIT(NULLIFY) | BIT(FINALIZE))) == 0)
#define MAY_NOTARIZE(i) (cur[i] < VIEWS && (OWN(i, cur[i]) & (BIT(NULLIFY) | BIT(NOTARIZE))) == 0)
/* section 6: N held, no own nullify, X not held */
#define MAY_FINALIZE(i, v) (HELD(i, v) == BIT(NOTARIZE) && (OWN(i, v) & (BIT(NULLIFY) | BIT(FINALIZE))) == 0)

/* The timers of a node: t_view once in a view (R7), then t_retry (R11). */
proctype timers_of(byte i)
{
end:	do
	:: atomic { !IS_DONE && MAY_NULLIFY(i) -> k = cur[i]; cast(i, k, NULLIFY); k = 0 }
#ifndef BUG_RETRY
	:: atomic { !IS_DONE && !MAY_NULLIFY(i) ->
		retry_or_lose(i, (i + 1) % NODES); retry_or_lose(i, (i + 2) % NODES) }
#endif
	od
}

/* Section 10: own votes come back to the pool of the node itself. */
inline restart(I)
{
	v = cur[I];
	do
	:: v < VIEWS ->
		POOL(I, v, NOTARIZE) = ((OWN(I, v) & BIT(NOTARIZE)) != 0 -> BIT(I) : 0);
#ifdef BUG_REPLAY
		POOL(I, v, NULLIFY) = 0;
#else
		POOL(I, v, NULLIFY) = ((OWN(I, v) & BIT(NULLIFY)) != 0 -> BIT(I) : 0);
#endif
		v++
	:: else -> break
	od;
	v = 0
}

#define GIVE(i, w, kind) atomic { gifts < GIFTS && w >= cur[i] -> gifts++; hear(i, w, kind, BYZANTINE) }
#define NOTARIZE_BY(i) atomic { MAY_NOTARIZE(i) -> k = cur[i]; cast(i, k, NOTARIZE); k = 0 }
#define FINALIZE_BY(i, w) atomic { MAY_FINALIZE(i, w) -> OWN(i, w) = OWN(i, w) | BIT(FINALIZE) }

/* What may happen, and at any point no longer does. */
proctype chance()
{
	do
	:: NOTARIZE_BY(0) :: NOTARIZE_BY(1) :: NOTARIZE_BY(2)
	:: FINALIZE_BY(0, 0) :: FINALIZE_BY(1, 0) :: FINALIZE_BY(2, 0)
	:: GIVE(0, 0, NOTARIZE) :: GIVE(0, 0, NULLIFY)
	:: GIVE(1, 0, NOTARIZE) :: GIVE(1, 0, NULLIFY)
#if VIEWS > 1
	:: FINALIZE_BY(0, 1) :: FINALIZE_BY(1, 1) :: FINALIZE_BY(2, 1)
	:: GIVE(0, 1, NOTARIZE) :: GIVE(0, 1, NULLIFY)
	:: GIVE(1, 1, NOTARIZE) :: GIVE(1, 1, NULLIFY)
#endif
	:: atomic { crashes < CRASHES && !is_stable -> crashes++; restart(0) }
	:: atomic { crashes < CRASHES && !is_stable -> crashes++; restart(0); restart(1); restart(2) }
	:: !is_stable -> is_stable = true
	:: is_stable -> break
	od
}

init {
	atomic {
		run timers_of(0);
		run timers_of(1);
		run timers_of(2);
		run chance()
	}
}

ltl certified { <> IS_DONE }
