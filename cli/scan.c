/* SPDX-License-Identifier: MIT */
/* memward scan: finds copies of a secret, and keys that nobody named. */
#include "cli.h"
#include "peek_scan.h"
#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum target { TARGET_NONE, TARGET_PID, TARGET_CORE, TARGET_FILE, TARGET_RUN };

struct options {
	struct plan plan;
	enum target target;
	const char *name;     /* of the file, or the number of the process */
	char *const *program; /* with its arguments */
	struct peek_moment moment;
	bool kinds_given;
	bool part_given;
	bool help;
};

static const char help[] =
    "usage: memward scan [OPTION...] (--pid N | --core FILE | --file FILE)\n"
    "       memward scan [OPTION...] -- PROGRAM [ARGUMENT...]\n"
    "\n"
    "Finds copies of a secret in a running process, a core file, a file or a\n"
    "disk; or in what a program leaves in memory at its end. The secret comes\n"
    "from standard input, from a file, or is asked for at the terminal; one\n"
    "line end at its end is not part of it. Finds keys as well that nobody\n"
    "named: AES key schedules, private keys as PEM, DER and OpenSSH's; but "
    "not\n"
    "those that programs and libraries bring along.\n"
    "\n"
    "  --pid N          a process; it is not stopped\n"
    "  --core FILE      an ELF core file\n"
    "  --file FILE      any file or disk, holes left out\n"
    "  -- PROGRAM       runs it, and looks as it ends; see also:\n"
    "  --after SECONDS  looks so long after its start, then ends it\n"
    "  --signal NAME    looks when it gets this signal, then ends it\n"
    "\n"
    "  --secret FILE    the secret, 4 bytes to 64 KiB; \"-\": standard input\n"
    "  --as LIST        shapes of the secret: raw, hex, base64, utf16,\n"
    "                   reversed, with commas between; without it, all\n"
    "  --part N         parts of it from N bytes on count, too, 8 or more;\n"
    "                   0: none. Without it 16, if raw is looked for\n"
    "  --keys           looks for keys alone, and asks for no secret\n"
    "  --no-keys        looks for the secret alone\n"
    "  --json           for machines: keys memward, target, secret, keys,\n"
    "                   hits (address or offset, what, bytes, fingerprint,\n"
    "                   protection, locked, dumped, kind, name), found, read,\n"
    "                   unread, complete\n"
    "  --quiet          no bar on the terminal, as with --json\n"
    "\n"
    "Nothing of a secret is printed: a fingerprint (#) tells, within one run,\n"
    "whether two hits are of the same. PROGRAM's children, and memory that\n"
    "it has given back, are not seen.\n"
    "\n"
    "Exit status: 0 nothing found, 1 found, 2 wrong usage, or it could not\n"
    "look at everything and found nothing.\n";

static int usage_error(const char *what, const char *argument)
{
	(void)fprintf(stderr,
	    "memward scan: %s: %s\nTry: memward scan --help\n", what, argument);
	return CLI_UNABLE;
}

static int unable(const char *what, const char *why)
{
	(void)fprintf(stderr, "memward scan: %s: %s\n", what, why);
	return CLI_UNABLE;
}

/* Options. Each takes its value, or NULL; false: the value makes no sense. */

static bool set_target(
    struct options *options, enum target target, const char *name)
{
	if (options->target != TARGET_NONE)
		return false;
	options->target = target;
	options->name = name;
	return true;
}

static bool take_pid(struct options *options, const char *value)
{
	return set_target(options, TARGET_PID, value);
}

static bool take_core(struct options *options, const char *value)
{
	return set_target(options, TARGET_CORE, value);
}

static bool take_file(struct options *options, const char *value)
{
	return set_target(options, TARGET_FILE, value);
}

static bool take_secret(struct options *options, const char *value)
{
	options->plan.secret = value;
	return true;
}

static bool take_kinds(struct options *options, const char *value)
{
#define FORM_ENTRY(name, text, bit) {text, FORM_##name},
	static const struct {
		const char *name;
		int kind;
	} known[] = {FORM_KINDS(FORM_ENTRY)};
#undef FORM_ENTRY
	const size_t count = sizeof(known) / sizeof(known[0]);

	options->kinds_given = true;
	options->plan.kinds = 0;
	while (*value != '\0') {
		size_t len = strcspn(value, ",");
		size_t i = 0;

		while (i < count && (strncmp(known[i].name, value, len) != 0 ||
					known[i].name[len] != '\0'))
			i++;
		if (i == count)
			return false;
		options->plan.kinds |= known[i].kind;
		value += len;
		value += *value == ',';
	}
	return options->plan.kinds != 0;
}

static bool read_number(const char *text, uint64_t max, uint64_t *number)
{
	char *end;
	unsigned long long value;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	*number = value;
	return errno == 0 && *end == '\0' && value <= max;
}

static bool take_part(struct options *options, const char *value)
{
	uint64_t part;

	options->part_given = true;
	if (!read_number(value, SECRET_MAX, &part))
		return false;
	options->plan.part = (size_t)part;
	return part == 0 || part >= NEEDLE_BLOCK;
}

static bool take_after(struct options *options, const char *value)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end != '\0' || !(seconds > 0 && seconds < 1e9))
		return false;
	options->moment.millis = (uint64_t)(seconds * 1000) + 1;
	return true;
}

static bool take_signal(struct options *options, const char *value)
{
	options->moment.signal = peek_signal(value);
	return options->moment.signal != 0;
}

static bool set_keys(struct options *options, const char *value)
{
	(void)value;
	options->plan.keys_only = true;
	return !options->plan.no_keys;
}

static bool set_no_keys(struct options *options, const char *value)
{
	(void)value;
	options->plan.no_keys = true;
	return !options->plan.keys_only;
}

static bool set_json(struct options *options, const char *value)
{
	(void)value;
	options->plan.json = true;
	return true;
}

static bool set_quiet(struct options *options, const char *value)
{
	(void)value;
	options->plan.quiet = true;
	return true;
}

static bool set_help(struct options *options, const char *value)
{
	(void)value;
	options->help = true;
	return true;
}

static const struct option {
	const char *name;
	bool has_value;
	bool (*take)(struct options *options, const char *value);
} known_options[] = {
    {"--pid", true, take_pid},
    {"--core", true, take_core},
    {"--file", true, take_file},
    {"--after", true, take_after},
    {"--signal", true, take_signal},
    {"--secret", true, take_secret},
    {"--as", true, take_kinds},
    {"--part", true, take_part},
    {"--keys", false, set_keys},
    {"--no-keys", false, set_no_keys},
    {"--json", false, set_json},
    {"--quiet", false, set_quiet},
    {"--help", false, set_help},
};

/* An option's name is all of the argument, or all before "=". */
static const struct option *find_option(const char *argument)
{
	size_t len = strcspn(argument, "=");

	for (size_t i = 0; i < sizeof(known_options) / sizeof(known_options[0]);
	     i++) {
		const struct option *option = &known_options[i];

		if (strlen(option->name) == len &&
		    memcmp(option->name, argument, len) == 0 &&
		    (option->has_value || argument[len] == '\0'))
			return option;
	}
	return NULL;
}

static int parse(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		const char *argument = argv[i];
		const struct option *option = find_option(argument);
		const char *value = strchr(argument, '=');

		if (strcmp(argument, "--") == 0) {
			if (i + 1 == argc)
				return usage_error("no program", argument);
			if (!set_target(options, TARGET_RUN, argv[i + 1]))
				return usage_error(
				    "one target at a time", argv[i + 1]);
			options->program = argv + i + 1;
			return CLI_HELD;
		}
		if (option == NULL)
			return usage_error("unknown option", argument);
		value = value != NULL ? value + 1 : NULL;
		if (option->has_value && value == NULL) {
			if (i + 1 == argc)
				return usage_error("no value", argument);
			value = argv[++i];
		}
		if (!option->take(options, value))
			return usage_error(option->name,
			    value != NULL ? value : "not with the others");
	}
	return CLI_HELD;
}

/* What the options mean together. */
static int check_options(struct options *options)
{
	if (options->target == TARGET_NONE)
		return usage_error("nothing to look at",
		    "one of --pid, --core, --file, or -- PROGRAM");
	if (options->target != TARGET_RUN &&
	    (options->moment.millis != 0 || options->moment.signal != 0))
		return usage_error("--after, --signal", "only with -- PROGRAM");
	if (options->plan.keys_only && options->plan.secret != NULL)
		return usage_error("--keys", "asks for no --secret");
	if (options->kinds_given && (options->plan.kinds & FORM_RAW) == 0 &&
	    !options->part_given)
		options->plan.part = 0;
	return CLI_HELD;
}

static int exit_status(const struct scanner *scanner)
{
	const struct source *source = scanner->source;

	if (scanner->hits > 0)
		return CLI_LEAKED;
	if (source->ended[0] != '\0')
		return CLI_UNABLE;
	/* Memory of which nothing could be read was not looked at. */
	if (scanner->read == 0 && scanner->unread > 0)
		return CLI_UNABLE;
	return CLI_HELD;
}

static int scan_source(struct scanner *scanner, struct source *source)
{
	struct progress progress;

	scanner->source = source;
	scanner->progress = &progress;
	progress_begin(
	    &progress, !scanner->plan->quiet && !scanner->plan->json);
	scan_report_begin(scanner);
	scanner_run(scanner);
	scan_report_end(scanner);
	source->close(source);
	return exit_status(scanner);
}

static bool open_source(const struct options *options, struct source *source,
    char *why, size_t size)
{
	uint64_t id;

	switch (options->target) {
	case TARGET_CORE:
		return source_core(source, options->name, why, size);
	case TARGET_FILE:
		return source_file(source, options->name, why, size);
	default:
		if (read_number(options->name, INT32_MAX, &id) && id > 0)
			return peek_source_process(source, id, why, size);
		(void)text_refuse(why, size, "no process number");
		return false;
	}
}

static int scan_program(const struct options *options, struct scanner *scanner)
{
	struct peek_program program = {.quiet = options->plan.json};
	struct source source;
	char why[240];
	int status;

	if (!peek_program_run(
		&program, options->program, &options->moment, why, sizeof(why)))
		return unable(options->name, why);
	if (peek_source_process(&source, program.id, why, sizeof(why))) {
		(void)text_format(source.what, sizeof(source.what), "%s, %s",
		    options->name, program.moment);
		status = scan_source(scanner, &source);
	} else {
		status = unable(options->name, why);
	}
	peek_program_end(&program);
	return status;
}

static int scan(const struct options *options, struct scanner *scanner)
{
	struct source source;
	char why[240];

	if (options->target == TARGET_RUN)
		return scan_program(options, scanner);
	if (!open_source(options, &source, why, sizeof(why)))
		return unable(options->name, why);
	return scan_source(scanner, &source);
}

/* Nobody shall type in a secret for a target that is not there. */
static bool target_is_there(const struct options *options)
{
	struct source source;
	char why[240];

	if (options->target == TARGET_RUN) {
		if (peek_program_refusal() != NULL)
			(void)unable(options->name, peek_program_refusal());
		return peek_program_refusal() == NULL;
	}
	if (!open_source(options, &source, why, sizeof(why))) {
		(void)unable(options->name, why);
		return false;
	}
	source.close(&source);
	return true;
}

int scan_main(int argc, char **argv)
{
	struct options options = {
	    .plan = {.kinds = FORM_ALL, .part = NEEDLE_RUN}};
	struct scanner scanner = {0};
	int status = parse(argc, argv, &options);

	if (status == CLI_HELD && options.help)
		return fputs(help, stdout) < 0 ? CLI_UNABLE : CLI_HELD;
	if (status == CLI_HELD)
		status = check_options(&options);
	if (status != CLI_HELD)
		return status;
	status = CLI_UNABLE;
	if (target_is_there(&options) && scanner_open(&scanner, &options.plan))
		status = scan(&options, &scanner);
	scanner_close(&scanner);
	return status;
}
