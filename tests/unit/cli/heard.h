/* What was printed on standard output, for what prints. */
#ifndef STELE_TESTS_UNIT_CLI_HEARD_H
#define STELE_TESTS_UNIT_CLI_HEARD_H

/* Standard output goes to a file until heard() is called with what this gives. */
int listen_to(void);
/* The same with a terminal of that many columns, which holds 4 KiB at most. */
int listen_to_terminal(unsigned short columns);
/* At most 16 KiB; good until the next call. */
const char *heard(int kept);

#endif
