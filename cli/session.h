/* SPDX-License-Identifier: MIT */
/* The conversation between an attack and its victim. */
#ifndef MEMWARD_CLI_SESSION_H
#define MEMWARD_CLI_SESSION_H

#include "prove.h"

/* Commands: one byte from the prover. */
enum victim_command {
	DO_CRASH = 'c',
	DO_FORK = 'k',
	DO_GRANDCHILD = 'g',
	DO_EXEC = 'x',
	DO_READ = 'r',
	DO_WRITE = 'w',
	DO_PAGE_OUT = 'o',
	/* Calls of memward: */
	DO_FREE = 'f',
	DO_FREE_AGAIN = '2',
	DO_REUSE = 'a', /* allocate until the freed place is handed out */
	DO_RESIZE = 'z',
	DO_CHECK = 'h',
	DO_CLOSE = 'l', /* the ward, for good */
	DO_WIPE_ALL = '0',
	DO_OPEN_TO_READ = 'v', /* a window */
	DO_USE = 'y',          /* open what is sealed, and free it */
	DO_FILL = 'i',         /* allocate while a feature is taken away */
	/* Ways in, where the secret is once more: */
	DO_INPUT_FILE = 'A',
	DO_INPUT_PIPE = 'P',
	DO_INPUT_VARIABLE = 'E',
	DO_INPUT_TERMINAL = 'T',
	/* Ways out that memward does not close: */
	DO_CALL = 's',        /* a function copies it to its stack */
	DO_CALL_WIPED = 'S',  /* the same, and wipes the copy */
	DO_EXPAND = 'X',      /* a function expands it as a key */
	DO_INTERRUPT = 'I',   /* a signal while registers hold it */
	DO_HAND_DIRECT = 'D', /* hand its pages to the kernel */
	DO_HAND_SPLICE = 'V',
	DO_HAND_RING = 'U',
	DO_UNDO_NO_DUMP = 'N',
	/* Offences: */
	DO_OVERRUN = '>',   /* write the last byte, and the next */
	DO_UNDERRUN = '<',  /* write the byte before the first */
	DO_WALK_UP = 'u',   /* read on from what lies below the secret */
	DO_WALK_DOWN = 'd', /* read back from what lies above it */
	DO_READ_LATE = 'e',
	DO_WRITE_LATE = 't',
	/* Reads, elsewhere in the process: */
	DO_SECOND_THREAD = '1', /* starts it */
	DO_READ_IN_SECOND_THREAD = '3',
	DO_READ_IN_NEW_THREAD = '4',
	DO_READ_IN_HANDLER = '5',
	DO_PASS = 'p',  /* hand its address to a system call */
	DO_GO_ON = 'n', /* to an heir: that was all */
	DO_QUIT = 'q'
};

/* Answers: a tag, then a length, then that many bytes. */
enum victim_answer {
	SAYS_READY = 'R', /* the address of the secret; process id of an heir */
	SAYS_BYTES = 'D', /* what it sees in place of the secret */
	SAYS_DONE = 'Z',  /* nothing more to this command */
	SAYS_ENDED = 'C', /* a child ended, so: text */
	SAYS_FAULT = 'F', /* a child ended by a fault: text */
	SAYS_UNABLE = 'E',  /* why it could not be done: text */
	SAYS_EDGE = 'B',    /* all up to the edge of the secret was fine */
	SAYS_REFUSED = 'N', /* the system call refused: text */
	SAYS_ACCOUNT = 'L', /* a fill_account */
	SAYS_WORDS = 'W'    /* memward's last words, without its name: text */
};

/* What a victim that allocated while a feature was taken away was told. */
struct fill_account {
	int64_t code;     /* 0, or the error that ended it */
	uint64_t address; /* of the last secret it was given */
	uint64_t told;    /* bytes of its pages it was told lack the feature */
};

/* The same layout on both sides: they are the same program. */
struct message_head {
	uint64_t len;
	char tag;
	char unused[7];
};

/* How a hold is written on the victim's command line: letters. */
#define HOLD_LETTERS_MAX 40
void hold_to_letters(const struct hold *hold, char letters[HOLD_LETTERS_MAX]);
bool hold_from_letters(const char *letters, struct hold *hold);

struct session {
	struct attempt *attempt;
	struct peek_child child;
	uint64_t address;
};

/*
 * Starts a victim, hands it the secret and waits until it holds it. False: the
 * attempt's glimpse says why, and there is nothing to close.
 */
bool session_open(
    struct session *session, struct attempt *attempt, const char *folder);
/* False: the glimpse says that the victim is gone. */
bool session_do(struct session *session, enum victim_command command);
/*
 * The next answer; its bytes are in the attempt's buffer. 0: the victim is
 * gone. A text ends in a null byte.
 */
char session_answer(struct session *session, size_t *len);
void session_close(struct session *session, struct peek_end *end);
/* Whether the bytes in the attempt's buffer contain the secret. */
bool session_sees(const struct session *session, size_t len);
/* Tells of them in the glimpse; what was seen earlier stays seen. */
void session_sees_bytes(struct session *session, const char *who, size_t len);

#endif
