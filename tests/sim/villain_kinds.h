/* The zoo: each villain is a file villain_<name>.c, whose head says what it does. */
#ifndef STELE_TESTS_SIM_VILLAIN_KINDS_H
#define STELE_TESTS_SIM_VILLAIN_KINDS_H

#define VILLAIN_LIST(X) \
	X(EQUIVOCATOR, equivocator) \
	X(SILENT, silent) \
	X(SKIPPER, skipper) \
	X(LIAR, liar) \
	X(WITHHOLDER, withholder) \
	X(CRAMMER, crammer) \
	X(INVENTOR, inventor) \
	X(FILLER, filler) \
	X(CONFLICTER, conflicter) \
	X(SELECTIVE, selective) \
	X(HOARDER, hoarder) \
	X(AMNESIAC, amnesiac) \
	X(FLOODER, flooder) \
	X(IMPERSONATOR, impersonator) \
	X(SKEWER, skewer) \
	X(DRIPPER, dripper) \
	X(PUSHER, pusher) \
	X(COLLUDER, colluder) \
	X(FORGER, forger) \
	X(SHIFTER, shifter)

enum villain {
	VILLAIN_NONE,
#define VILLAIN_ENUM(NAME, name) VILLAIN_##NAME,
	VILLAIN_LIST(VILLAIN_ENUM)
#undef VILLAIN_ENUM
	VILLAIN_COUNT
};

#endif
