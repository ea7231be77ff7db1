/* SPDX-License-Identifier: MIT */
/* The ward of a scan, and the secret's way into it. */
#include "cli.h"
#include "peek.h"
#include "peek_scan.h"
#include "scan.h"

#include <stdio.h>
#include <string.h>

/* So much is read at a time: it stays in a processor's cache. */
#define READ_SIZE ((size_t)256 * 1024)

/* Shorter secrets stand in any memory by chance. */
#define SHORTEST 4

static bool complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "memward scan: %s: %s\n", what, why);
	return false;
}

/* All that a ward can give; what is missing here is said, not refused. */
static bool open_ward(struct scanner *scanner)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	int code;

	policy.prefer |= policy.require | MEMWARD_HIDDEN;
	policy.require = 0;
	policy.fork = MEMWARD_FORK_OMIT;
	code = memward_open(&policy, &scanner->ward);
	if (code == MEMWARD_EUNSUPPORTED) {
		/* Not all systems can give a child nothing. */
		policy.fork = MEMWARD_FORK_KEEP;
		code = memward_open(&policy, &scanner->ward);
	}
	return code == 0 || complain("memory", memward_error_text(code));
}

static void *take_memory(struct scanner *scanner, size_t len)
{
	void *mem = NULL;
	int code = memward_new_guarded(scanner->ward, len, 16, &mem);

	if (code != 0)
		(void)complain("memory", memward_error_text(code));
	return mem;
}

/* One line end is the editor's or the shell's, not the secret's. */
static void drop_line_end(struct needle *needle)
{
	if (needle->len > 0 && needle->secret[needle->len - 1] == '\n')
		needle->len--;
	else
		return;
	if (needle->len > 0 && needle->secret[needle->len - 1] == '\r')
		needle->len--;
}

/* By the byte: what copies faster leaves pieces in wide registers. */
static bool prompt(
    struct scanner *scanner, struct needle *needle, const char **why)
{
	volatile unsigned char *to = needle->secret;
	const unsigned char *typed;
	void *secret = NULL;
	int code = memward_read_tty(
	    scanner->ward, -1, "Secret (not shown): ", SECRET_MAX, &secret);

	*why =
	    code == MEMWARD_ESYSTEM ? peek_error() : memward_error_text(code);
	if (code != 0)
		return false;
	typed = secret;
	needle->len = memward_size(secret);
	for (size_t i = 0; i < needle->len; i++)
		to[i] = typed[i];
	memward_free(secret);
	return true;
}

static bool read_secret(struct scanner *scanner, struct needle *needle)
{
	const char *path = scanner->plan->secret;
	/* One byte more than is taken tells a secret that is too large. */
	const size_t max = SECRET_MAX + 1;
	const char *why = NULL;
	bool done;

	if (path != NULL && strcmp(path, "-") != 0)
		done = peek_read_file(
		    path, needle->secret, max, &needle->len, &why);
	else if (path == NULL && peek_input_is_terminal())
		done = prompt(scanner, needle, &why);
	else
		done = peek_read_input(needle->secret, max, &needle->len, &why);
	if (path == NULL || strcmp(path, "-") == 0)
		path = "the secret on standard input";
	if (!done)
		return complain(path, why);
	if (needle->len > SECRET_MAX)
		return complain(path, "larger than 64 KiB");
	drop_line_end(needle);
	if (needle->len == 0)
		return complain(
		    path, "empty; --keys looks for keys alone, and needs none");
	if (needle->len < SHORTEST)
		return complain(path,
		    "too short: fewer than 4 bytes stand in any memory by "
		    "chance");
	return true;
}

/* Whether bytes such as these would be found anywhere. */
static bool is_regular(const struct needle *needle)
{
	size_t different = 0;

	for (size_t i = 0; i < needle->len && different < 3; i++)
		different +=
		    memchr(needle->secret, needle->secret[i], i) == NULL;
	return different < 3;
}

static bool take_secret(struct scanner *scanner)
{
	const struct plan *plan = scanner->plan;
	struct needle *needle;
	int kinds = plan->kinds;

	needle = take_memory(scanner, sizeof(*needle));
	if (needle == NULL || !read_secret(scanner, needle))
		return false;
	scanner->needle = needle;
	if (is_regular(needle) ||
	    (plan->part > 0 && needle->len >= NEEDLE_BLOCK &&
		!needle_prepare_runs(needle, plan->part)))
		return complain("the secret",
		    "too regular: such bytes stand in any memory");
	/* Parts include the whole, as it stands. */
	if (plan->part > 0 && needle->len >= NEEDLE_BLOCK)
		kinds &= ~FORM_RAW;
	scanner->forms = take_memory(scanner, forms_size(needle->len));
	if (scanner->forms == NULL)
		return false;
	forms_prepare(scanner->forms, needle->secret, needle->len, kinds);
	scanner->secret_print = fingerprint(
	    scanner->scratch->print_key, needle->secret, needle->len);
	return true;
}

static size_t overlap_of(const struct scanner *scanner)
{
	size_t most = scanner->plan->no_keys ? 0 : KEY_MAX;

	if (scanner->needle == NULL)
		return most;
	if (most < scanner->needle->len)
		most = scanner->needle->len;
	if (most < scanner->forms->longest)
		most = scanner->forms->longest;
	return most;
}

/* A secret on the swap device would be one more copy. */
static void tell_what_is_missing(const struct scanner *scanner)
{
	memward_report report = MEMWARD_REPORT_INIT;

	if (memward_report_ward(scanner->ward, &report) != 0)
		return;
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		uint32_t feature = UINT32_C(1) << i;

		if ((feature & (MEMWARD_LOCKED | MEMWARD_NO_DUMP)) != 0 &&
		    (report.obtained & feature) == 0)
			(void)fprintf(stderr,
			    "memward scan: note: its own memory is not %s: "
			    "%s\n",
			    memward_feature_name(feature),
			    memward_error_text(report.reason[i]));
	}
}

bool scanner_open(struct scanner *scanner, const struct plan *plan)
{
	scanner->plan = plan;
	if (!open_ward(scanner))
		return false;
	scanner->scratch = take_memory(scanner, sizeof(*scanner->scratch));
	if (scanner->scratch == NULL)
		return false;
	if (memward_random(scanner->scratch->print_key,
		sizeof(scanner->scratch->print_key)) != 0)
		return complain("random bytes", "this system gives none");
	if (!plan->keys_only && !take_secret(scanner))
		return false;
	scanner->overlap = overlap_of(scanner);
	scanner->buffer_size = scanner->overlap + READ_SIZE;
	scanner->buffer = take_memory(scanner, scanner->buffer_size);
	if (scanner->buffer == NULL)
		return false;
	tell_what_is_missing(scanner);
	return true;
}

void scanner_close(struct scanner *scanner)
{
	int code;

	if (scanner->ward == NULL)
		return;
	code = memward_close(scanner->ward);
	if (code != 0)
		(void)complain("memory", memward_error_text(code));
}
