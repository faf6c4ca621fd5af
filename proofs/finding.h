/* Findings: what a check says of one question, never folded into one tick. */
#ifndef STELE_PROOFS_FINDING_H
#define STELE_PROOFS_FINDING_H

enum finding { FINDING_NOT_CHECKED, FINDING_PASS, FINDING_FAIL };

#endif
