/* SPDX-License-Identifier: MIT */
/* memward prove: attacks memward on this machine. */
#include "prove.h"
#include "cli.h"
#include "secret.h"

#include <stdlib.h>
#include <string.h>

struct options {
	const char *secret;
	const char *only;
	const char *html;
	bool json;
	bool list;
	bool help;
};

static const char help[] =
    "usage: memward prove [--secret FILE] [--only NAME] [--html FILE]\n"
    "                     [--json] [--list]\n"
    "\n"
    "Puts a secret into memward's memory in a process of its own, and attacks\n"
    "it there. Each attack first runs against plain malloc memory, the\n"
    "control, and must succeed; else it is not testable here. What is said\n"
    "under MEMORY is where the secret lies: pages of the platform layer, or\n"
    "a packed, guarded or sealed secret of a ward.\n"
    "\n"
    "  --secret FILE  a real secret of 8 bytes to 64 KiB, such as a private\n"
    "                 key; without it, 64 random bytes\n"
    "  --only NAME    one attack, or all of one adversary; see --list\n"
    "  --html FILE    also writes one page for people who review security\n"
    "  --json         for machines: keys memward, system, privileged, secret,\n"
    "                 attacks (name, adversary, attack, memory, promised,\n"
    "                 result, control, observed, reason) and summary\n"
    "  --list         names the attacks\n"
    "\n"
    "Attacks that write to a disk use random bytes as their control, so that\n"
    "your secret is never written anywhere by this program. exec takes all\n"
    "memory away, so its control waits in a pipe that is inherited. Bugs have\n"
    "a control in the middle of a malloc block; for memory freed twice or\n"
    "written late, one whose free list checks nothing; for locks, one that\n"
    "does not ask whether it got them.\n"
    "\n"
    "Exit status: 0 everything that memward promises, and that can be\n"
    "tested here, held; 1 something promised leaked; 2 wrong usage, or\n"
    "nothing could be tested.\n";

static int usage_error(const char *what, const char *argument)
{
	(void)fprintf(stderr,
	    "memward prove: %s: %s\nTry: memward prove --help\n", what,
	    argument);
	return CLI_UNABLE;
}

/* The value of an option that takes one, as "--name value" or "--name=value" */
static bool take_value(
    const char *name, int argc, char **argv, int *at, const char **value)
{
	size_t len = strlen(name);

	if (strncmp(argv[*at], name, len) != 0)
		return false;
	if (argv[*at][len] == '=') {
		*value = argv[*at] + len + 1;
		return true;
	}
	if (argv[*at][len] != '\0' || *at + 1 >= argc)
		return false;
	*value = argv[++*at];
	return true;
}

static int parse(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			options->json = true;
		else if (strcmp(argv[i], "--list") == 0)
			options->list = true;
		else if (strcmp(argv[i], "--help") == 0)
			options->help = true;
		else if (!take_value(
			     "--secret", argc, argv, &i, &options->secret) &&
			 !take_value(
			     "--only", argc, argv, &i, &options->only) &&
			 !take_value("--html", argc, argv, &i, &options->html))
			return usage_error(
			    "unknown option, or its value is missing", argv[i]);
	}
	return CLI_HELD;
}

/* All rows, of all layers. */
static struct {
	const struct row *rows[ROWS_MAX];
	size_t count;
} all;

static bool is_wanted(const struct options *options, const struct row *row)
{
	return row_exists(row) &&
	       (options->only == NULL ||
		   strcmp(options->only, row->name) == 0 ||
		   strcmp(options->only, group_name(row->group)) == 0);
}

static int list(const struct options *options)
{
	for (size_t i = 0; i < all.count; i++) {
		const struct row *row = all.rows[i];

		if (!is_wanted(options, row))
			continue;
		text_pad(row->name, 25);
		text_pad(group_name(row->group), 13);
		text_pad(promise_name(row->promise), 16);
		printf("%s, %s\n", row_attack(row), row->memory);
	}
	return CLI_HELD;
}

const char *result_name(enum result result)
{
	static const char *const names[] = {
	    [HELD] = "held",
	    [LEAKED] = "leaked",
	    [NOT_TESTABLE] = "not testable here",
	};

	return names[result];
}

const char *promise_name(enum promise promise)
{
	static const char *const names[] = {
	    [PROMISED] = "promised",
	    [NOT_PROMISED] = "not promised",
	    [ASKED_FOR] = "leak asked for",
	};

	return names[promise];
}

static void attempt_run(const struct row *row, const struct hold *hold,
    const struct needle *needle, struct secrets *secrets,
    struct glimpse *glimpse)
{
	struct attempt attempt = {
	    .row = row,
	    .hold = *hold,
	    .needle = needle,
	    .buffer = secrets->buffer,
	};

	glimpse_set(&attempt.glimpse, SIGHT_UNABLE, "the attack did not run");
	row->run(&attempt);
	memward_wipe(secrets->buffer, PEEK_BUFFER);
	*glimpse = attempt.glimpse;
}

static void judge(struct outcome *outcome)
{
	const struct glimpse *attack = &outcome->attack;

	outcome->why[0] = '\0';
	outcome->result = attack->sight == SIGHT_SEEN ? LEAKED : HELD;
	if (attack->sight != SIGHT_UNABLE)
		return;
	outcome->result = NOT_TESTABLE;
	(void)text_format(
	    outcome->why, sizeof(outcome->why), "%s", attack->detail);
}

static void run_row(
    const struct row *row, struct secrets *secrets, struct outcome *outcome)
{
	const struct needle *real = &secrets->real;
	const struct needle *decoy = &secrets->decoy;

	*outcome = (struct outcome){.row = row, .result = NOT_TESTABLE};
	attempt_run(row, &row->control, row->decoy_control ? decoy : real,
	    secrets, &outcome->control);
	if (outcome->control.sight == SIGHT_SEEN) {
		attempt_run(row, &row->hold, row->decoy ? decoy : real, secrets,
		    &outcome->attack);
		judge(outcome);
		return;
	}
	(void)text_format(outcome->why, sizeof(outcome->why), "%s%s",
	    outcome->control.sight == SIGHT_NONE
		? "not even unprotected memory leaks: "
		: "",
	    outcome->control.detail);
}

struct tally prove_tally(const struct proof *proof)
{
	struct tally tally = {0};

	for (size_t i = 0; i < proof->count; i++) {
		const struct outcome *outcome = &proof->outcomes[i];
		bool promised = outcome->row->promise == PROMISED;

		if (outcome->result == NOT_TESTABLE)
			tally.not_testable++;
		else if (outcome->result == HELD && promised)
			tally.promised_held++;
		else if (outcome->result == HELD)
			tally.extra_held++;
		else if (promised)
			tally.promised_leaked++;
		else if (outcome->row->promise == ASKED_FOR)
			tally.asked_for++;
		else
			tally.unpromised++;
	}
	return tally;
}

static int exit_status(const struct proof *proof)
{
	struct tally tally = prove_tally(proof);

	if (tally.promised_leaked > 0)
		return CLI_LEAKED;
	if (peek_interrupted() || tally.not_testable == proof->count)
		return CLI_UNABLE;
	return CLI_HELD;
}

static size_t run_rows(const struct options *options, struct secrets *secrets,
    struct outcome *outcomes)
{
	size_t count = 0;

	for (size_t i = 0; i < all.count && !peek_interrupted(); i++) {
		if (is_wanted(options, all.rows[i]))
			run_row(all.rows[i], secrets, &outcomes[count++]);
	}
	return count;
}

static int prove(const struct options *options, struct secrets *secrets,
    struct outcome *outcomes, bool locked)
{
	char subject[64];
	struct proof proof = {
	    .subject = subject,
	    .privileged = peek_is_privileged(),
	    .unlocked = !locked,
	    .outcomes = outcomes,
	};

	(void)text_format(subject, sizeof(subject), "%u %s",
	    (unsigned)secrets->real.len,
	    options->secret != NULL ? "bytes of your file" : "random bytes");
	peek_describe_system(proof.system, sizeof(proof.system));
	proof.count = run_rows(options, secrets, outcomes);
	if (options->json)
		report_json(&proof);
	else
		report_table(&proof);
	if (options->html != NULL && !report_html(&proof, options->html)) {
		(void)fprintf(stderr, "memward prove: cannot write %s: %s\n",
		    options->html, peek_error());
		return CLI_UNABLE;
	}
	return exit_status(&proof);
}

static bool any_wanted(const struct options *options)
{
	for (size_t i = 0; i < all.count; i++) {
		if (is_wanted(options, all.rows[i]))
			return true;
	}
	return false;
}

int prove_main(int argc, char **argv)
{
	struct options options = {0};
	struct secrets *secrets;
	struct outcome *outcomes;
	bool locked;
	int status = parse(argc, argv, &options);

	if (status != CLI_HELD)
		return status;
	if (options.help)
		return fputs(help, stdout) < 0 ? CLI_UNABLE : CLI_HELD;
	all.count = rows_all(all.rows);
	if (!any_wanted(&options))
		return usage_error("no such attack; see --list", options.only);
	if (options.list)
		return list(&options);
	outcomes = calloc(all.count, sizeof(*outcomes));
	if (outcomes == NULL ||
	    !secrets_take(&secrets, options.secret, &locked)) {
		free(outcomes);
		return CLI_UNABLE;
	}
	status = prove(&options, secrets, outcomes, locked);
	secrets_free(secrets);
	free(outcomes);
	return status;
}
