/* SPDX-License-Identifier: MIT */
/*
 * memward scan: what its files share.
 *
 *	source   where bytes come from: a process, a core file, a file
 *	extent   a stretch of it that is read in one go
 *	region   what is known of a place in it
 *	window   the bytes that are searched at one time; they overlap
 *	finder   looks for one kind of thing in a window, and tells of hits
 *
 * Everything that could hold a secret lies in one ward: the secret, what is
 * derived from it, the windows, the scratch of the finders.
 */
#ifndef MEMWARD_CLI_SCAN_H
#define MEMWARD_CLI_SCAN_H

#include "forms.h"
#include "memward.h"
#include "search.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum known { UNKNOWN, NO, YES };

struct extent {
	uint64_t start; /* an address, or an offset in the file */
	uint64_t len;
};

/* What is known of the memory at a place. */
struct region {
	char protection[5]; /* "rw-p"; empty where there is none */
	enum known locked;
	enum known dumped;
	bool is_code;     /* what a program or library brings along, as it is */
	const char *kind; /* "heap", "stack", "library", ... */
	char name[256];   /* of the file behind it, or empty */
};

struct source {
	void *state;
	/* What is read next, in one go. False: that was the last. */
	bool (*next)(struct source *source, struct extent *extent);
	/* How many bytes came; 0: none can be read here. */
	size_t (*read)(
	    struct source *source, uint64_t at, void *to, size_t len);
	/* Of what has been read lately. */
	void (*describe)(
	    struct source *source, uint64_t at, struct region *region);
	void (*close)(struct source *source);
	uint64_t total;  /* bytes to be expected */
	bool in_memory;  /* starts are addresses */
	bool is_self;    /* it is this very process */
	char what[320];  /* "process 4242 (ssh-agent)" */
	char ended[160]; /* why it ended before its end; empty: it did not */
};

/* What is to be looked for. */
struct plan {
	const char *secret; /* a file, "-"; NULL: standard input or terminal */
	bool keys_only;     /* ask for no secret */
	bool no_keys;
	int kinds;   /* set of form_kind */
	size_t part; /* shortest part that counts; 0: whole copies only */
	bool json;
	bool quiet; /* no bar */
};

struct window {
	const unsigned char *bytes;
	size_t len;
	size_t limit; /* what is found begins below this */
	uint64_t at;  /* where bytes[0] lies in the source */
};

struct hit {
	size_t at; /* in the window */
	size_t len;
	bool is_key;      /* that nobody named */
	const char *what; /* "the secret, base64, offset 1" */
	char more[80];    /* a remark, or empty */
	uint64_t print;   /* fingerprint */
};

/* The keys of the fingerprints, and room for the finders; in a ward. */
struct scratch {
	uint64_t print_key[2];
	unsigned char bytes[1024];
};

struct scanner {
	const struct plan *plan;
	struct source *source;
	memward_ward *ward;
	struct needle *needle; /* NULL: only keys are looked for */
	struct forms *forms;
	struct scratch *scratch;
	unsigned char *buffer;
	size_t buffer_size;
	size_t overlap;
	size_t kept;  /* bytes in the buffer that are searched again */
	uint64_t end; /* of what is in the buffer */
	uint64_t secret_print;
	uint64_t parts_done; /* parts that begin before it have been told */
	uint64_t der_done;   /* the same of keys within keys */
	uint64_t read;       /* bytes */
	uint64_t unread;     /* bytes that could not be read */
	uint64_t hits;
	struct progress *progress;
};

/* Reads and searches everything the source has. */
void scanner_run(struct scanner *scanner);
/* For finders. */
void scanner_hit(struct scanner *scanner, const struct window *window,
    const struct hit *hit);

/* Finders. */
void find_parts(struct scanner *scanner, const struct window *window);
void find_forms(struct scanner *scanner, const struct window *window);
void find_schedules(struct scanner *scanner, const struct window *window);
void find_der_keys(struct scanner *scanner, const struct window *window);
void find_text_keys(struct scanner *scanner, const struct window *window);

/* No key that is looked for takes up more bytes. */
#define KEY_MAX ((size_t)16 * 1024)

/*
 * A keyed hash: it tells whether two hits are the same, within one run, and
 * nothing else.
 */
uint64_t fingerprint(
    const uint64_t key[2], const unsigned char *bytes, size_t len);

/*
 * Opens the ward, takes the secret, makes everything ready. False: said why
 * on standard error.
 */
bool scanner_open(struct scanner *scanner, const struct plan *plan);
void scanner_close(struct scanner *scanner);

/* Sources. False: `why` says why not. */
bool source_file(
    struct source *source, const char *path, char *why, size_t size);
bool source_core(
    struct source *source, const char *path, char *why, size_t size);

/* What is printed. `from` is where a program's memory was looked at, or "" */
void scan_report_begin(const struct scanner *scanner);
void scan_report_hit(const struct scanner *scanner, uint64_t at,
    const struct hit *hit, const struct region *region);
void scan_report_end(const struct scanner *scanner);

/* A bar on standard error, where that is a terminal. */
struct progress {
	bool on;
	bool drawn;
	int64_t begun; /* seconds */
	int64_t last;
};
void progress_begin(struct progress *progress, bool wanted);
void progress_show(struct progress *progress, uint64_t done, uint64_t total);
void progress_hide(struct progress *progress);

#endif
