/* Errors: the one list of everything that can go wrong, with a number that
 * never changes, a class that decides what is done about it, a text and a
 * remedy.  `stele explain E4107`, HTTP problems, logs and docs read this list.
 *
 * Numbers of 2xxx, 3xxx and 4xxx are consensus data (a rejected entry holds
 * one): never renumbered, never reused.
 *   1xxx internal      2xxx malformed      3xxx skipped     4xxx rejected by a rule
 *   5xxx network, API  6xxx storage        7xxx proof check 8xxx local file, key, genesis
 *   9xxx integrity alarm */
#ifndef STELE_BASE_ERR_H
#define STELE_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"

enum err_class {
	ERR_CLASS_NONE,
	ERR_CLASS_CALLER, /* answer the caller */
	ERR_CLASS_PEER,   /* score the peer, drop the message */
	ERR_CLASS_DISK,   /* stop signing, end the process */
	ERR_CLASS_BUG,    /* ours: end the process */
	ERR_CLASS_ALARM,  /* integrity: stop, raise the alarm */
};

/* X(NAME, number, CLASS, text, remedy) */
#define ERR_LIST(X) \
	X(OK, 0, NONE, "ok", "") \
	/* --- 1xxx internal */ \
	X(MEMORY, 1001, BUG, "memory is short", "give the process more memory or lower its limits") \
	X(INTERNAL, 1002, BUG, "an internal check failed", "report this with the log; it is a defect in Stele") \
	X(FULL, 1003, CALLER, "a bounded buffer is full", "send less at once") \
	X(CRYPTO, 1004, BUG, "the cryptographic library failed", "check the installation of OpenSSL and libsecp256k1") \
	/* --- 2xxx malformed: stateless, whatever the ledger holds */ \
	X(TX_SIZE, 2001, CALLER, "the transaction is too large", "split the record; see the limits in docs/ledger.md") \
	X(TX_ENCODING, 2002, CALLER, "the transaction is not in canonical encoding", "encode fields in ascending order, minimal, without defaults or unknown fields") \
	X(TX_FIELD, 2003, CALLER, "a field of the transaction is missing or out of its bounds", "compare the fields with docs/ledger.md") \
	X(TX_CHAIN, 2004, CALLER, "the transaction belongs to another chain", "set the field chain to this network's genesis hash") \
	X(TX_ATTACHMENT, 2005, CALLER, "the attachment does not match its root, or none belongs here", "recompute the root over the entries") \
	X(TX_KEY_FORM, 2006, CALLER, "the signer is not a valid compressed public key", "use a 33-byte compressed secp256k1 key") \
	X(TX_SIGNATURE, 2007, CALLER, "the signature does not verify", "sign SHA-256(\"stele/v1 transaction\\n\" || body) and give r||s with a low s") \
	/* --- 3xxx skipped: no trace in the ledger */ \
	X(TX_CONSUMED, 3001, CALLER, "the transaction was already decided", "nothing to do: ask for its state by its id") \
	X(TX_EXPIRED, 3002, CALLER, "the transaction's valid_until has passed", "sign it again with a later valid_until") \
	X(TX_TOO_EARLY, 3003, CALLER, "valid_until is further ahead than the window allows", "set valid_until to now plus half the window") \
	X(KEY_UNKNOWN, 3004, CALLER, "no organisation has registered this key", "register the key: stele org register, or a key.add motion") \
	X(KEY_NOT_YET, 3005, CALLER, "the key is not yet valid at this height", "wait for the height at which the key becomes valid") \
	X(KEY_REVOKED, 3006, CALLER, "the key has been revoked", "sign with a key in force") \
	X(KEY_PURPOSE, 3007, CALLER, "the key lacks the purpose that this operation needs", "sign with a key of that purpose, or add one") \
	X(ORG_INACTIVE, 3008, CALLER, "the organisation is suspended or delisted", "ask the network's institutions") \
	X(QUOTA, 3009, CALLER, "the organisation's quota of this window is used up", "wait for the next window") \
	/* --- 4xxx rejected by a rule of the ledger: final in a block */ \
	X(ROLE, 4001, CALLER, "the organisation's role does not permit this operation", "let an organisation with the role do it: stele policy show") \
	X(NEEDS_MOTION, 4002, CALLER, "this operation needs a motion", "open it with: stele motion open, or the tool's own command, which opens one") \
	X(NEEDS_NO_MOTION, 4003, CALLER, "this operation needs no approval, so no motion can be opened for it", "send the bare transaction") \
	X(OPERATION_UNAVAILABLE, 4004, CALLER, "this network does not accept this operation", "see the policy: stele policy show") \
	X(NOT_FOUND_ORG, 4010, CALLER, "no such organisation", "register it first: stele org register") \
	X(NOT_FOUND_PROGRAMME, 4011, CALLER, "no such programme", "check the programme's id: stele programme list") \
	X(NOT_FOUND_AWARD, 4012, CALLER, "no such award", "check the award's number: stele award list") \
	X(NOT_FOUND_CALL, 4013, CALLER, "no such call", "check its id: stele call list") \
	X(NOT_FOUND_MOTION, 4014, CALLER, "no such motion", "check the motion's number: stele motion list") \
	X(NOT_FOUND_CLAIM, 4015, CALLER, "no such claim on this content", "check hash and claim number: stele lookup") \
	X(NOT_FOUND_COMMIT, 4016, CALLER, "no such commitment of this organisation", "anchor without the salt, or commit first") \
	X(NOT_FOUND_MILESTONE, 4017, CALLER, "no such milestone", "check the award's milestones: stele award show") \
	X(NOT_FOUND_KEY, 4019, CALLER, "no organisation has this key", "check the key: stele org show") \
	X(EXISTS_ORG, 4020, CALLER, "the organisation is registered already", "nothing to do, or add a key: stele key add") \
	X(EXISTS_KEY, 4021, CALLER, "the key belongs to an organisation already", "make a new key: stele key new") \
	X(EXISTS_PROGRAMME, 4022, CALLER, "a programme with this id exists already", "choose another id") \
	X(EXISTS_IMPORT, 4023, CALLER, "this publisher's award is in the programme already", "nothing to do: it was imported before") \
	X(EXISTS_REFERENCE, 4024, CALLER, "this payment reference was recorded already", "nothing to do, or give the payment's own reference") \
	X(EXISTS_APPROVAL, 4025, CALLER, "the organisation has approved this motion already", "nothing to do") \
	X(EXISTS_CALL, 4026, CALLER, "the programme has a call with this id already", "choose another id, or amend it: stele call amend") \
	X(EXISTS_REVIEWER, 4027, CALLER, "the reviewer is on the call's panel already", "nothing to do") \
	X(EXISTS_COMMIT, 4028, CALLER, "the organisation has made this commitment already", "nothing to do") \
	X(EXISTS_OBJECTION, 4029, CALLER, "the organisation has objected to this decision already", "wait until its objection is resolved") \
	X(ID_CHECK, 4030, CALLER, "the identifier's check digits are wrong", "compare the identifier with its register") \
	X(ID_SCHEME, 4031, CALLER, "the identifier's scheme is not known", "use CN-USCI, XI-LEI or XI-ROR") \
	X(KEY_PROOF, 4032, CALLER, "the key's proof of possession does not verify", "sign the stele/v1 key text with that key: stele key proof") \
	X(VALUE_SIZE, 4033, CALLER, "the record would make a state value too large", "shorten its texts") \
	X(DATE, 4034, CALLER, "a date is not a day of the calendar, or a period ends before it begins", "write dates as YYYY-MM-DD") \
	X(CURRENCY, 4035, CALLER, "the currency is not a code of ISO 4217", "use an active alphabetic code, such as CNY") \
	X(POLICY_VALUE, 4036, CALLER, "a policy value is out of its bounds", "see the bounds in docs/ledger.md") \
	X(ORG_STATUS, 4037, CALLER, "the organisation has this status already, or is delisted for ever", "see its status: stele org show") \
	X(GOVERNANCE_LOST, 4038, CALLER, "too few active organisations would be left to change policy or status", "register or reinstate others first, or ask for fewer approvals: stele policy set") \
	X(KEY_NOT_OWN, 4039, CALLER, "without a motion, a key is replaced by itself, and revoked by itself or by a govern key of its organisation", "sign with such a key; stele key rotate --old KEY and stele key revoke KEY open a motion") \
	X(MOTION_CLOSED, 4040, CALLER, "the motion is executed, withdrawn or expired", "open a new one") \
	X(MOTION_NOT_ELIGIBLE, 4041, CALLER, "the organisation may not approve this motion", "see who may: stele motion show") \
	X(MOTION_OWN_AWARD, 4042, CALLER, "nobody approves what is about an award or a call of the own organisation", "let another organisation approve") \
	X(MOTION_TOO_MANY, 4043, CALLER, "the organisation has 16 open motions", "withdraw one, or wait until one ends") \
	X(MOTION_EXPIRES, 4044, CALLER, "the motion's end is in the past or more than 90 days ahead", "choose an end within 90 days") \
	X(MOTION_NOT_OPENER, 4045, CALLER, "only the organisation that opened a motion withdraws it", "ask the opener") \
	X(KEY_ENDED, 4046, CALLER, "the key's end is set already", "nothing to do; give an earlier height to end it sooner, or add another key: stele key add") \
	X(SET_FORM, 4050, CALLER, "the validators' ids, organisations or keys are not distinct points in ascending order", "correct the set; stele validator set puts its lines in order") \
	X(SET_MEMBER, 4051, CALLER, "a member of the set is no active organisation with the role validator", "leave it out, or register or reinstate it with the role first: stele org show") \
	X(SET_NOT_READY, 4052, CALLER, "too few members of the set have said that they are ready", "let each send: stele validator ready") \
	X(READY_PROOF, 4053, CALLER, "a proof of possession does not verify", "sign the stele/v1 ready text of that very set with both keys: stele validator ready") \
	X(UPGRADE_HEIGHT, 4054, CALLER, "an upgrade begins at least two epochs ahead", "choose a height that lies twice the network's epoch_length ahead, and more while approvals come in") \
	X(UPGRADE_VERSION, 4055, CALLER, "the version does not follow the one that is planned or in force", "give the next one: stele upgrade show; the first plan is for version 2") \
	X(AMOUNT, 4100, CALLER, "an amount must be above zero and below 2^63", "give a positive amount in minor units") \
	X(PROGRAMME_FUNDER, 4101, CALLER, "only the programme's funder does this", "let the funder sign") \
	X(PROGRAMME_AGENCY, 4102, CALLER, "only the programme's agency does this", "let the agency sign") \
	X(PROGRAMME_CLOSED, 4103, CALLER, "the programme is closed", "nothing can be added to it") \
	X(AREA, 4104, CALLER, "the programme, or the call, has no such area", "see the areas: stele programme show, stele call show") \
	X(AREA_DUPLICATE, 4105, CALLER, "a list names the same thing twice", "name each once") \
	X(ELIGIBILITY, 4106, CALLER, "an organisation is not eligible for this programme or call", "see the eligibility: stele programme show, stele call show") \
	X(BUDGET, 4107, CALLER, "the budget of the programme, or of the call, would be exceeded", "lower the amount, or amend the budget") \
	X(AWARDS_MAX, 4108, CALLER, "the greatest number of awards of the programme, or of the call, is reached", "wait until one is terminated, or amend the number") \
	X(SHARES, 4109, CALLER, "the recipients' shares do not add up to 10,000", "give shares in 1/10,000 that add up") \
	X(MILESTONES_SUM, 4110, CALLER, "the milestones do not add up to the award's amount", "give milestone amounts that add up") \
	X(MILESTONES_ORDER, 4111, CALLER, "milestones are numbered 1, 2, 3 and so on", "number them in order without gaps") \
	X(AWARD_STATE, 4112, CALLER, "the award's state does not permit this", "see its state: stele award show") \
	X(AWARD_RECIPIENT, 4113, CALLER, "the organisation is not a recipient of this award", "let a recipient sign") \
	X(AWARD_ACCEPTED, 4114, CALLER, "the recipient has accepted this award already", "nothing to do") \
	X(PAYMENT_OVER, 4115, CALLER, "the payment would exceed what is payable", "lower the amount, or assess a milestone first") \
	X(PAYER, 4116, CALLER, "the payer is neither the programme's funder nor its agency", "name one of them as payer") \
	X(PAYEE, 4117, CALLER, "who is paid or pays back is not a recipient of the award", "name a recipient") \
	X(AWARD_NOT_ACCEPTED, 4118, CALLER, "the award is not yet accepted by all recipients", "let each recipient accept: stele award accept") \
	X(AWARD_IMPORTED, 4119, CALLER, "an imported award takes no acceptance, claim or payment", "nothing to do: it was made elsewhere") \
	X(PERIOD, 4120, CALLER, "the award's period lies outside the programme's", "choose a period within the programme's") \
	X(VERSION, 4121, CALLER, "the record was made for another version", "look at the present terms, and name their version") \
	X(AMEND_BELOW, 4122, CALLER, "the amendment lies below what is committed, called for, payable or paid", "see the totals: stele programme show, stele award show") \
	X(AMEND_TERMS, 4123, CALLER, "an amendment keeps areas, days and assessed milestones that are there", "add to them, do not take away") \
	X(AWARDS_OPEN, 4124, CALLER, "awards of the programme are not closed", "close each: stele award close") \
	X(CALL_TIMES, 4125, CALLER, "a call's times must follow each other, and lie ahead", "order them: opens, deadline, reveal, review") \
	X(CALL_TERMS, 4126, CALLER, "the call's review terms cannot be met", "see their bounds in docs/ledger.md") \
	X(CALL_CANCELLED, 4127, CALLER, "the call was cancelled", "nothing to do") \
	X(CALL_AWARDED, 4128, CALLER, "awards were granted under this call", "it stays as it is") \
	X(CALL_WIDER, 4129, CALLER, "a call narrows its programme's eligibility, areas and number of awards, never widens them", "see the programme: stele programme show") \
	X(NOT_FOUND_PROPOSAL, 4130, CALLER, "no such proposal", "check its number: stele proposal list") \
	X(CALL_NOT_OPEN, 4131, CALLER, "the call is not yet open", "wait until it opens: stele call show") \
	X(DEADLINE, 4132, CALLER, "the call's deadline has passed", "nothing can be changed any more") \
	X(REVEAL_WINDOW, 4133, CALLER, "proposals are opened from the deadline on, until the call's reveal time", "see the call's times: stele call show") \
	X(PROPOSAL_NOT_OWN, 4134, CALLER, "the proposal is another organisation's", "only its applicant does this") \
	X(PROPOSAL_STATE, 4135, CALLER, "the proposal's state does not permit this", "see its state: stele proposal show") \
	X(PROPOSALS_MAX, 4136, CALLER, "the applicant has as many proposals in this call as it permits", "withdraw one first") \
	X(COMMITMENT, 4137, CALLER, "what was opened is not what was committed", "open it with the same salt and content, from the vault it was made in") \
	X(CONSORTIUM, 4138, CALLER, "the applicant is not in the consortium, or the recipients are not the proposal's", "name the consortium as it was proposed") \
	X(REQUESTED, 4139, CALLER, "the amount requested lies outside the call's bounds", "see the call: stele call show") \
	X(REVIEWER, 4140, CALLER, "the key is no reviewer's: role, purpose review, in force", "register the reviewer's key: stele key add") \
	X(NOT_ON_PANEL, 4141, CALLER, "the key is not on the call's panel", "let the agency appoint it: stele panel appoint") \
	X(CONFLICT, 4142, CALLER, "the reviewer has a conflict of interest with this proposal", "leave it to others on the panel") \
	X(EXISTS_REVIEW, 4143, CALLER, "the reviewer has reviewed this proposal already", "nothing to do") \
	X(REVIEW_WINDOW, 4144, CALLER, "reviews are committed from the call's reveal time until its review time, and opened from then on", "see the call's times: stele call show") \
	X(NOT_FOUND_REVIEW, 4145, CALLER, "the reviewer has committed no review of this proposal", "nothing to open") \
	X(SCORES, 4146, CALLER, "the scores are not one for each criterion within its range", "see the criteria: stele call show") \
	X(PANEL_SMALL, 4147, CALLER, "the call's panel has too few reviewers", "appoint more: stele panel appoint") \
	X(DECISION_WINDOW, 4148, CALLER, "decisions are published from the call's review time on", "wait until then: stele call show") \
	X(REVIEW_QUORUM, 4150, CALLER, "too few reviews of a proposal are opened", "let reviewers open theirs: stele review reveal") \
	X(SCORE_THRESHOLD, 4151, CALLER, "a selected proposal's score lies below the threshold", "decline it, or see: stele proposal show") \
	X(DECISION_AMOUNT, 4152, CALLER, "the amount lies outside what was asked, decided or permitted", "see the proposal and the call: stele proposal show") \
	X(NOT_A_PARTY, 4153, CALLER, "only an organisation with a revealed proposal in the call objects", "nothing to do") \
	X(OBJECTION_WINDOW, 4154, CALLER, "the time for objections is over", "nothing can be changed any more") \
	X(NOT_FOUND_OBJECTION, 4155, CALLER, "no such objection", "check its number: stele objection list") \
	X(OBJECTION_RESOLVED, 4156, CALLER, "the objection is resolved already", "nothing to do") \
	X(OBJECTION_OPEN, 4157, CALLER, "an objection is open, or the time for objections is not over", "resolve it, or wait: stele objection list") \
	X(NOT_SELECTED, 4158, CALLER, "the proposal is not selected, or has its award", "see its state: stele proposal show") \
	X(MILESTONE_ASSESSED, 4161, CALLER, "the milestone is assessed already, and that is final", "nothing to do") \
	X(MILESTONE_UNCLAIMED, 4162, CALLER, "no recipient has claimed this milestone", "let a recipient claim it: stele milestone claim") \
	X(PAYABLE, 4163, CALLER, "the payable amount does not fit the result", "met: the whole; partly: between; not met: none") \
	X(EVIDENCE_CLAIM, 4164, CALLER, "the evidence is not a live claim of a recipient", "let a recipient anchor it first") \
	X(NOT_FOUND_DISBURSEMENT, 4165, CALLER, "no such disbursement", "check its number: stele disbursement list") \
	X(REVERSED, 4166, CALLER, "the disbursement is reversed already", "nothing to do") \
	X(REVERSE_DEMANDED, 4167, CALLER, "what stays paid would be less than what is demanded back", "record what comes back with: stele recovery receive") \
	X(MILESTONES_OPEN, 4168, CALLER, "milestones of the award are not assessed", "assess each: stele milestone assess") \
	X(DEMAND_OVER, 4169, CALLER, "more would be demanded than was paid", "lower the amount") \
	X(RECEIPT_OVER, 4170, CALLER, "more would be received than was demanded", "demand it first: stele recovery demand") \
	X(UNSPENT, 4171, CALLER, "the unspent amount exceeds what was paid", "lower the amount") \
	X(MILESTONE_CLAIM, 4172, CALLER, "the assessment is of another claim than the newest", "look at its evidence, and assess that claim: stele milestone list") \
	X(CLAIM_NOT_OWN, 4200, CALLER, "the claim belongs to another organisation", "only its issuer supersedes or withdraws it") \
	X(CLAIM_ENDED, 4201, CALLER, "the claim is superseded or withdrawn already", "nothing to do") \
	X(PARENT, 4202, CALLER, "a parent record does not exist", "anchor the parent first") \
	X(PARENT_SELF, 4203, CALLER, "content cannot be its own parent", "name another parent") \
	X(LABEL_SOURCE, 4204, CALLER, "a label that says AI-generated excludes a camera as its source", "correct the label or the source type") \
	X(LABEL_PRODUCER, 4205, CALLER, "the producer code is not the issuer's own, nor lent to it by its organisation", "use a code with the own CN-USCI, or have the other organisation record content.delegate") \
	X(AWARD_LINK, 4206, CALLER, "only a recipient of an award links content to it", "leave the award out, or let a recipient anchor") \
	X(BATCH_DUPLICATE, 4207, CALLER, "a batch names the same content twice", "name each content once") \
	X(SUPERSEDE_TARGET, 4208, CALLER, "the replacement is not a live claim of the same organisation", "anchor the replacement first") \
	X(COMMIT_OPENED, 4209, CALLER, "the commitment was opened already", "anchor without the salt") \
	X(ROLLUP_COUNT, 4210, CALLER, "a roll-up holds at most 2^40 items", "split it") \
	X(DELEGATION, 4211, CALLER, "the organisation is the issuer itself, or nothing would change", "nothing to do") \
	/* --- 5xxx network and API */ \
	X(FRAME, 5001, PEER, "a frame between nodes is malformed", "check that both nodes run compatible versions") \
	X(PEER_MESSAGE, 5002, PEER, "a message between nodes is malformed", "check that both nodes run compatible versions") \
	X(PEER_UNKNOWN, 5003, PEER, "the peer's key belongs to no validator or observer of this network", "register the peer's key with the purpose peer") \
	X(PEER_CHAIN, 5004, PEER, "the peer follows another genesis", "compare: stele genesis fingerprint") \
	X(PEER_PROOF, 5005, PEER, "the peer did not prove possession of its key in this session", "check the peer's node key") \
	X(PEER_QUOTA, 5006, PEER, "the peer used up its quota", "nothing to do: it is served again later") \
	X(PEER_TLS, 5007, PEER, "the TLS session could not be made", "check certificates, clocks and versions") \
	X(PEER_SELF, 5008, PEER, "the peer is this node itself", "correct the list of peers") \
	X(POOL_FULL, 5101, CALLER, "the pool of waiting transactions is full", "wait as long as Retry-After says and send the same bytes again") \
	X(SYNCING, 5102, CALLER, "the node is still catching up", "wait, or ask another node") \
	X(API_NOT_FOUND, 5103, CALLER, "there is nothing at this address", "see docs/api.md for the resources") \
	X(API_METHOD, 5104, CALLER, "the resource does not take this method", "see docs/api.md") \
	X(API_PARAMETER, 5105, CALLER, "a parameter is unknown or out of its bounds", "see docs/api.md for the parameters") \
	X(API_MEDIA_TYPE, 5106, CALLER, "the media type is not accepted here", "send application/protobuf, to /v1/proofs application/json") \
	X(API_BODY_SIZE, 5107, CALLER, "the request is too large", "send at most 1 MiB") \
	X(API_HOST, 5108, CALLER, "the Host header names an address that is not served here", "add it to api-hosts in steled.conf") \
	X(API_RATE, 5109, CALLER, "too many requests from this client", "wait as long as Retry-After says") \
	X(API_REQUEST, 5110, CALLER, "the request is not valid HTTP", "see docs/api.md") \
	X(API_HEIGHT_GONE, 5111, CALLER, "state proofs are kept for the newest heights only", "ask for a newer height, or without at_height") \
	X(API_BUSY, 5112, CALLER, "too many large answers are under way", "wait as long as Retry-After says") \
	X(API_UNCOVERED, 5113, CALLER, "no finalization covers this height yet", "ask again after the next block") \
	X(API_HEIGHT_AHEAD, 5114, CALLER, "the height is above the newest block here", "wait for that block, or ask another node") \
	X(API_HEIGHT_FAR, 5115, CALLER, "the state has changed too much since this height to be proven", "ask for a newer height, or without at_height") \
	X(API_PROOF_SIZE, 5116, CALLER, "this is more than one proof holds", "ask for a part: from and to, or fewer keys") \
	X(API_PROOF_RANGE, 5117, CALLER, "the list has no such part", "from is at least 1 and not above to, to at most the length of the list") \
	X(NET_CONNECT, 5201, CALLER, "the node could not be reached; nothing was submitted", "check the address and that steled runs") \
	X(NET_UNKNOWN, 5202, CALLER, "the connection broke after the transaction was sent; its outcome is unknown", "send the same bytes again, or: stele tx wait ID") \
	X(NET_ANSWER, 5203, CALLER, "the node's answer could not be understood", "check that tool and node run compatible versions") \
	X(PENDING, 5204, CALLER, "the transaction is not yet final", "wait: stele tx wait ID; sending the same bytes again is safe") \
	X(NOT_RECORDED, 5205, CALLER, "not recorded in this ledger as of this height", "nothing to do, or anchor it: stele anchor") \
	/* --- 6xxx storage */ \
	X(DISK_IO, 6001, DISK, "reading or writing the disk failed", "check the disk; the node starts again from what was durable") \
	X(DISK_FULL, 6002, DISK, "the disk is full", "free some space; as a service the node starts by itself and serves reads meanwhile, else start it") \
	X(STORE_FORMAT, 6003, DISK, "the home directory has another format version", "run the matching version of steled, or see docs/operations.md") \
	X(STORE_CHAIN, 6004, DISK, "the home directory belongs to another chain", "give the right home or the right genesis") \
	X(STORE_DAMAGED, 6005, DISK, "stored data is damaged", "run stele verify-ledger, then restore or catch up from peers") \
	X(STORE_LOCKED, 6006, DISK, "another process uses this home directory", "stop the other process; one key signs in one process only") \
	X(NOT_FOUND, 6007, CALLER, "there is no such entry", "check what was asked for") \
	X(STORE_PRUNED, 6008, CALLER, "this was pruned here", "ask an archive node") \
	X(SIGN_STATE_LOST, 6009, DISK, "the record of what this node has signed is missing or older than it should be", "the node does not sign; see docs/operations.md, lost sign state") \
	X(TRIPPED, 6010, DISK, "the node stopped signing because certified data contradicts its own execution", "see docs/operations.md, a tripped node") \
	X(SIGN_STATE_REFUSED, 6011, DISK, "too few other validators sign for this node to take up signing again", "let others restore an intact journal; see docs/operations.md, lost sign state") \
	X(DISK_LOW, 6012, CALLER, "the disk is nearly full; the node neither signs nor takes records until there is room", "free some space; the node then goes on by itself") \
	X(SIGN_FILE_FOREIGN, 6013, CALLER, "the sign-state file belongs to another chain or key", "put this home's own file there, or move the other one away: without one the node asks the others; see docs/operations.md, lost sign state") \
	/* --- 7xxx checks of proofs, receipts, certificates */ \
	X(TEXT_FORM, 7001, PEER, "a canonical text is malformed", "get the object again from its source") \
	X(CERT_FORM, 7002, PEER, "a certificate is malformed", "get it again from its source") \
	X(CERT_QUORUM, 7003, PEER, "a certificate has too few signatures", "get it again from another source") \
	X(CERT_SIGNATURE, 7004, PEER, "a signature of a certificate does not verify", "get it again from another source") \
	X(CERT_MATCH, 7005, PEER, "a certificate does not fit its header, set or chain", "get it again from another source") \
	X(PROOF_FORM, 7006, PEER, "a proof is malformed, or does not show what it promises", "get it again from its source") \
	X(PROOF_ROOT, 7007, PEER, "a proof does not lead to the root", "get it again; if it stays so, keep it as evidence") \
	X(RECEIPT_FORM, 7010, CALLER, "the receipt or proof is malformed", "get it again: stele receipt fetch, stele proof get") \
	X(RECEIPT_VERSION, 7011, CALLER, "the receipt has a version this tool does not know", "use a newer tool") \
	X(RECEIPT_CONTENT, 7012, CALLER, "the file's content is not what the receipt speaks of", "the file was changed, or this is another file's receipt") \
	X(RECEIPT_INCLUSION, 7013, CALLER, "the receipt does not prove that the record is in the ledger", "do not rely on it") \
	X(RECEIPT_FINALITY, 7014, CALLER, "the receipt does not prove finality", "do not rely on it") \
	X(RECEIPT_SIGNER, 7015, CALLER, "it comes from another network than the one relied on", "do not rely on it; compare: stele trust show") \
	X(RECEIPT_UNPINNED, 7016, CALLER, "no genesis is pinned, so nobody vouches for the signers", "pin one you trust: stele trust pin GENESIS, or give --trust") \
	X(RECEIPT_STATUS, 7017, CALLER, "the receipt does not prove what has become of the record", "get the status anew: stele receipt refresh") \
	X(RECEIPT_REACH, 7018, CALLER, "the receipt tells of no validator set that is pinned", "stele receipt refresh, or stele trust update") \
	X(RECEIPT_FORK, 7019, CALLER, "at the pinned height the receipt has another block: somebody was shown another history", "keep both as evidence, and ask the institutions: stele audit watch") \
	X(PARCEL_FORM, 7020, PEER, "a parcel is malformed", "its author is at fault") \
	X(PARCEL_SIGNATURE, 7021, PEER, "a parcel's signature does not verify", "its author is at fault") \
	X(BLOCK_INVALID, 7022, PEER, "a block breaks a rule of validity", "its proposer is at fault") \
	X(BLOCK_ROOT, 7023, PEER, "a block's roots differ from its own execution", "its proposer, or this node, is at fault") \
	X(RECEIPT_ENDED, 7024, CALLER, "the record was superseded or withdrawn since", "it proves what was recorded then, and no more; see stele lookup") \
	X(RECEIPT_SILENT, 7025, CALLER, "the receipt does not say what has become of the record", "ask a node: stele receipt refresh FILE") \
	X(EVIDENCE_MATCH, 7030, PEER, "evidence names a set that is not its epoch's, or a key that is not in it", "get it again from its source") \
	X(EVIDENCE_SIGNATURE, 7031, PEER, "a vote in the evidence does not verify", "it names nobody: do not rely on it") \
	X(EVIDENCE_EPOCH, 7032, PEER, "evidence is accepted in its own epoch and the next one only", "nothing to do: keep it outside of the ledger") \
	X(EVIDENCE_KNOWN, 7033, CALLER, "evidence of this type against this validator is recorded for its epoch already", "nothing to do: see stele evidence list") \
	/* --- 8xxx local files, keys, genesis, usage */ \
	X(USAGE, 8001, CALLER, "the command line is not understood", "see --help") \
	X(FILE_READ, 8002, CALLER, "the file cannot be read", "check its path and permissions") \
	X(FILE_WRITE, 8003, CALLER, "the file cannot be written", "check the folder, its permissions and free space") \
	X(FILE_EXISTS, 8004, CALLER, "the file exists already", "choose another name; nothing is overwritten") \
	X(FILE_FORM, 8005, CALLER, "the file is malformed", "see the place named and correct it") \
	X(VAULT_ENTRY, 8006, CALLER, "the vault does not hold what opens it", "give --vault FILE, the one that was written when it was committed, or a copy") \
	X(WATCH_LOCKED, 8007, CALLER, "another watch uses this file of what was seen", "stop the other one, or name another file with --state") \
	X(RECEIPT_NONE, 8008, CALLER, "no receipt of the file was found", "get it: stele receipt fetch FILE; one that lies elsewhere: --receipt FILE, or --receipts DIR") \
	X(KEY_FILE, 8010, CALLER, "the key file is malformed or of an unknown version", "check that it is a Stele key file") \
	X(KEY_PASSPHRASE, 8011, CALLER, "the passphrase does not open the key file", "try again") \
	X(KEY_PERMISSIONS, 8012, CALLER, "the key file can be read by others", "chmod 600 the file") \
	X(CONFIG, 8020, CALLER, "the configuration is not valid", "correct the line named") \
	X(LISTEN, 8021, CALLER, "the address cannot be listened on", "choose an address of this machine that is free, or stop the process that uses it") \
	X(GENESIS_FORM, 8030, CALLER, "the genesis document is malformed", "get it again from the institutions") \
	X(GENESIS_SIGNATURES, 8031, CALLER, "the genesis lacks a founder's signature, or one does not verify", "let every founder sign: stele genesis sign") \
	X(GENESIS_MISMATCH, 8032, CALLER, "this is another genesis than expected", "compare: stele genesis fingerprint") \
	X(TRUST, 8040, CALLER, "the pinned trust is missing or malformed", "pin again: stele trust pin GENESIS") \
	X(IMPORT_FORM, 8050, CALLER, "the package to import is malformed", "correct the place named; rows already in stay in") \
	X(ITEMS_FAILED, 8060, CALLER, "some items failed", "see the lines above; run the same command again to go on") \
	X(INTERRUPTED, 8061, CALLER, "interrupted", "run the same command again to go on: what is in stays in") \
	X(TABLE_SIZE, 8070, CALLER, "the table is larger than may be read at once", "split the file, for instance by month or by programme") \
	X(TABLE_FORM, 8071, CALLER, "the table is malformed", "correct the line named: comma-separated values as in RFC 4180, in UTF-8") \
	X(BANK_COLUMNS, 8072, CALLER, "a column of the bank file is missing or stands there twice", "name the columns in the first line: reference or reference_sha256, amount, currency, value_date, payee") \
	X(BANK_VALUE, 8073, CALLER, "a value of the bank file cannot be read", "correct the cell named") \
	X(EXPORT_DIFFERS, 8080, CALLER, "the export is not what its proof says", "do not rely on it: export again, and ask who changed it") \
	X(EXPORT_PROOF, 8081, CALLER, "the proof beside the export does not say what the export needs", "check that it is this export's proof, or export again") \
	X(EXPORT_EMPTY, 8082, CALLER, "the programme has no award, and a 360Giving package has at least one", "export it as csv or ndjson") \
	/* --- 9xxx integrity alarm */ \
	X(FORK, 9001, ALARM, "two contradicting finalizations exist", "keep both as evidence, stop relying on this network, tell its institutions") \
	X(DIVERGED, 9002, ALARM, "the ledger differs from the finalized headers", "keep a copy; see docs/operations.md")

enum err {
#define ERR_ENUM(name, number, class, text, remedy) ERR_##name = number,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Whether the number is in the list; *out gets it if so. */
bool err_from_number(uint32_t number, enum err *out);
const char *err_name(enum err err);
enum err_class err_class_of(enum err err);
const char *err_text(enum err err);
const char *err_remedy(enum err err);
/* Calls visit for every entry, ascending as listed. */
void err_each(void (*visit)(enum err err, void *context), void *context);

#endif
