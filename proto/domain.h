/* Domains: the first line of every byte string that is signed, and which key
 * signs it.  None is a prefix of another (tests/unit/proto/test_genesis.c). */
#ifndef STELE_PROTO_DOMAIN_H
#define STELE_PROTO_DOMAIN_H

/* X(NAME, first line with its LF, signing key) */
#define DOMAIN_LIST(X) \
	X(TRANSACTION, "stele/v1 transaction\n", "organisation key") \
	X(NOTARIZE, "stele/v1 notarize\n", "consensus key") \
	X(NULLIFY, "stele/v1 nullify\n", "consensus key") \
	X(FINALIZE, "stele/v1 finalize\n", "consensus key") \
	X(PARCEL, "stele/v1 parcel\n", "node key") \
	X(SESSION, "stele/v1 session\n", "node key") \
	X(KEY, "stele/v1 key\n", "the organisation key that is registered") \
	X(FOUND, "stele/v1 found\n", "the founder's govern key") \
	X(CARD, "stele/v1 card\n", "each key on the card") \
	X(READY, "stele/v1 ready\n", "consensus key and node key")

#define DOMAIN_NOTARIZE "stele/v1 notarize\n"
#define DOMAIN_NULLIFY "stele/v1 nullify\n"
#define DOMAIN_FINALIZE "stele/v1 finalize\n"
#define DOMAIN_TRANSACTION "stele/v1 transaction\n"
#define DOMAIN_PARCEL "stele/v1 parcel\n"
#define DOMAIN_SESSION "stele/v1 session\n"
#define DOMAIN_KEY "stele/v1 key\n"
#define DOMAIN_FOUND "stele/v1 found\n"
#define DOMAIN_CARD "stele/v1 card\n"
#define DOMAIN_READY "stele/v1 ready\n"

#endif
