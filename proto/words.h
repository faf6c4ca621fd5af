/* Words that a fingerprint is read aloud in: one for each value of a byte. */
#ifndef STELE_PROTO_WORDS_H
#define STELE_PROTO_WORDS_H

extern const char *const genesis_word[256];

#endif
