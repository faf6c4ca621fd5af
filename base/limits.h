/* Limits: every bound on anything that comes from outside, in one place.
 * Each is part of the format unless its comment says "local": then a node may
 * differ without breaking agreement. */
#ifndef STELE_BASE_LIMITS_H
#define STELE_BASE_LIMITS_H

/* The validator set and consensus. */
#define LIMIT_VALIDATORS 128
#define LIMIT_QUORUM_BITMAP 16           /* bytes: ceil(128 / 8) */
#define LIMIT_HEADER_BYTES 2048
#define LIMIT_SET_BYTES 49152            /* 128 lines of <= 340 bytes, and the first */
#define LIMIT_GENESIS_BYTES 65534
#define LIMIT_BODY_PARCELS 256           /* parcels referenced by one body */
#define LIMIT_BODY_BYTES 65536           /* body text */
#define LIMIT_BLOCK_PAYLOAD_BYTES 8388608 /* sum of the parcels of one body */
#define LIMIT_BLOCK_TRANSACTIONS 65536   /* transactions in the parcels of one body */
#define LIMIT_EVIDENCE_PER_BLOCK 4
#define LIMIT_EVIDENCE_BYTES 4096        /* evidence text */
#define LIMIT_VOTE_BYTES 512             /* any vote text */
#define LIMIT_CERTIFICATE_BYTES 12288    /* 1+8+32+8+32+16+128*64+2+2048 */
#define LIMIT_JUSTIFICATION 64           /* certificates in one proposal */
#define LIMIT_PARCEL_BYTES 524288        /* payload of one parcel */
#define LIMIT_PARCEL_TRANSACTIONS 8192
#define LIMIT_PARCEL_EXPIRY 4096         /* heights: h <= expires <= h + this */
#define LIMIT_VIEW 4294967296            /* views in evidence */

/* Transactions. */
#define LIMIT_LEAF_BYTES 65535           /* a leaf's data, C2SP tiles */
#define LIMIT_BODY_TX_BYTES 65450        /* signed body: leaf less tag and signature */
#define LIMIT_ATTACHMENT_BYTES 393216
#define LIMIT_TX_BYTES 458800            /* whole SignedTransaction */
#define LIMIT_BATCH_ENTRIES 4096
#define LIMIT_BATCH_ENTRY_BYTES 93       /* with tag and length */
#define LIMIT_ROLLUP_ITEMS 1099511627776 /* 2^40 */
#define LIMIT_WINDOW_MS 600000           /* valid_until at most this far ahead */
#define LIMIT_REJECTED_HOLD_MS 600000    /* a rejected id stays consumed this long */
#define LIMIT_MONEY INT64_MAX

/* State. */
#define LIMIT_SEGMENT 64                 /* a segment of a state key */
#define LIMIT_KEY_BYTES 255              /* a whole state key */
#define LIMIT_VALUE_BYTES 16384
#define LIMIT_MOTION_PARTS 4
#define LIMIT_MOTION_PART_BYTES 16000
#define LIMIT_MOTIONS_OPEN 16            /* open motions of one organisation */
#define LIMIT_MOTION_DAYS 90
#define LIMIT_CALL_MS UINT64_C(315360000000)     /* from now to a call's last time: 10 * 365 days */
#define LIMIT_OBJECTION_MS UINT64_C(31536000000) /* the time for objections: 365 days */
#define LIMIT_PANEL 256                  /* reviewers of a call */
#define LIMIT_SCORE 1000000              /* a review's value for a criterion */
#define LIMIT_READY_HEIGHTS 10000        /* a validator's readiness for a set holds so long */

/* Proofs. */
#define LIMIT_LOG_PATH 63                /* hashes of an inclusion path */
#define LIMIT_STATE_PATH 256             /* siblings of a state path */
#define LIMIT_RECEIPT_BYTES 4194304
#define LIMIT_RECEIPT_HEADERS 1024
#define LIMIT_SET_CHANGES 512            /* of a receipt or proof */
#define LIMIT_CONSISTENCY_PATH 126       /* hashes of a consistency path */
#define LIMIT_STATUS_ENTRIES 4           /* of a receipt's status */
#define LIMIT_STATUS_TREE_BYTES 65536
#define LIMIT_PROOF_BYTES 33554432
#define LIMIT_PROOF_FACTS 256
#define LIMIT_PROOF_ENTRIES 16384
#define LIMIT_PROOF_TREE_BYTES 8388608
#define LIMIT_PROOF_PART 10000           /* of a list, where no end is asked for (local) */
#define LIMIT_PROOF_PARTS 4096           /* of one answer in parts (local) */
#define LIMIT_PROOF_PARTS_BYTES 4294967296 /* all of them (local) */

/* Network. */
#define LIMIT_FRAME_BYTES 9437184        /* one frame between nodes */
#define LIMIT_RANGE_BLOCKS 64            /* heights in one range answer */
#define LIMIT_RANGE_BYTES 8912896
#define LIMIT_STATUS_VIEWS 512
#define LIMIT_REPLY_CERTIFICATES 16

/* Tables from outside, such as a bank's file (local, though documented). */
#define LIMIT_TABLE_BYTES 67108864
#define LIMIT_TABLE_ROWS 250000
#define LIMIT_TABLE_COLUMNS 64
#define LIMIT_TABLE_ROW_BYTES 16384      /* one row, quotes and all */
#define LIMIT_TABLE_CURRENCIES 64        /* distinct ones in one file */

/* HTTP (local, though documented). */
#define LIMIT_HTTP_BODY_BYTES 1048576
#define LIMIT_HTTP_HEADER_BYTES 16384
#define LIMIT_HTTP_URL_BYTES 4096
#define LIMIT_JSON_DEPTH 32
#define LIMIT_PAGE 500

#endif
