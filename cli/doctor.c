/* SPDX-License-Identifier: MIT */
/* memward doctor: what this process can have here, and why not more. */
#include "doctor.h"
#include "cli.h"
#include "peek.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static const char help[] =
    "usage: memward doctor [--json]\n"
    "\n"
    "Tells what a process started from here can have of memward, and for\n"
    "each thing that it cannot have, why, and how to change that.\n"
    "\n"
    "  --json  for machines: keys memward, system, page_size, and facts, each\n"
    "          with name, state (fine, short, note, unseen), value, remedy\n"
    "\n"
    "Exit status: 0 it could look, whatever it found; 2 it could not.\n";

struct fact *doctor_add(struct doctor *doctor, const char *name,
    enum fact_state state, const char *format, ...)
{
	struct fact *fact = &doctor->facts[doctor->count];
	va_list args;

	/* The last place is written over rather than the memory behind it. */
	if (doctor->count + 1 < DOCTOR_FACTS_MAX)
		doctor->count++;
	fact->name = name;
	fact->state = state;
	fact->remedy[0] = '\0';
	va_start(args, format);
	(void)vsnprintf(fact->value, sizeof(fact->value), format, args);
	va_end(args);
	return fact;
}

void doctor_remedy(struct fact *fact, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(fact->remedy, sizeof(fact->remedy), format, args);
	va_end(args);
}

bool doctor_granted(const struct doctor *doctor, memward_sys_feature feature)
{
	return (doctor->info.granted & (uint32_t)feature) != 0;
}

void doctor_bytes(uint64_t bytes, char *text, size_t size)
{
	if (bytes == UINT64_MAX)
		(void)text_format(text, size, "unlimited");
	else if (bytes == 0)
		(void)text_format(text, size, "0");
	else if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) == 0)
		(void)text_format(
		    text, size, "%" PRIu64 " MiB", bytes / (1024 * 1024));
	else if (bytes >= 1024 && bytes % 1024 == 0)
		(void)text_format(text, size, "%" PRIu64 " KiB", bytes / 1024);
	else
		(void)text_format(text, size, "%" PRIu64 " bytes", bytes);
}

/* What each feature does for a secret, in a few words. */
static const struct {
	const char *name;
	const char *meaning;
} meanings[] = {
    {"lock", "kept out of swap"},
    {"no_dump", "left out of core dumps"},
    {"fork_omit", "a forked child need not have it"},
    {"fork_wipe", "a forked child can see zeros instead"},
    {"unmerged", "never merged with equal pages of others"},
    {"no_huge_pages", "never part of a huge page"},
    {"wipe_at_exit", "zeroed by the system when the process ends"},
};

_Static_assert(
    sizeof(meanings) / sizeof(meanings[0]) == MEMWARD_SYS_FEATURE_COUNT,
    "every feature has its meaning");

static void add_feature(struct doctor *doctor, size_t bit)
{
	const memward_sys_info *info = &doctor->info;
	int reason = info->reason[bit];
	struct fact *fact;

	if (reason == 0) {
		(void)doctor_add(doctor, meanings[bit].name, FACT_FINE, "%s",
		    meanings[bit].meaning);
		return;
	}
	fact = doctor_add(doctor, meanings[bit].name,
	    reason == MEMWARD_EUNSUPPORTED ? FACT_NOTE : FACT_SHORT,
	    "not here: %s (%s, system error %d)", meanings[bit].meaning,
	    memward_error_name(reason), info->system_error[bit]);
	/* What a system does not have, nobody can grant. */
	if (reason != MEMWARD_EUNSUPPORTED)
		doctor_remedy(fact, "%s", memward_error_text(reason));
}

static const char *state_name(enum fact_state state)
{
	static const char *const names[] = {
	    [FACT_FINE] = "fine",
	    [FACT_SHORT] = "short",
	    [FACT_NOTE] = "note",
	    [FACT_UNSEEN] = "unseen",
	};

	return names[state];
}

static enum cli_colour state_colour(enum fact_state state)
{
	static const enum cli_colour colours[] = {
	    [FACT_FINE] = GREEN,
	    [FACT_SHORT] = RED,
	    [FACT_NOTE] = PLAIN,
	    [FACT_UNSEEN] = CYAN,
	};

	return colours[state];
}

#define STATE_WIDTH  8
#define NAME_WIDTH   16
#define VALUE_COLUMN (2 + STATE_WIDTH + NAME_WIDTH)

static void print_fact(const struct fact *fact)
{
	printf("  ");
	text_colour(state_colour(fact->state));
	text_pad(state_name(fact->state), STATE_WIDTH);
	text_colour(PLAIN);
	text_pad(fact->name, NAME_WIDTH);
	text_wrap(VALUE_COLUMN, VALUE_COLUMN, fact->value);
	if (fact->remedy[0] == '\0')
		return;
	text_colour(YELLOW);
	printf("%*s", VALUE_COLUMN, "-> ");
	text_wrap(VALUE_COLUMN, VALUE_COLUMN, fact->remedy);
	text_colour(PLAIN);
}

static void print_for_people(const struct doctor *doctor, const char *system)
{
	unsigned counts[FACT_UNSEEN + 1] = {0};
	char page[32];

	doctor_bytes(doctor->info.page_size, page, sizeof(page));
	text_colour(BOLD);
	printf("memward %s: what a process started here can have\n",
	    memward_version());
	text_colour(PLAIN);
	printf("%s, pages of %s\n\n", system, page);
	for (size_t i = 0; i < doctor->count; i++) {
		print_fact(&doctor->facts[i]);
		counts[doctor->facts[i].state]++;
	}
	printf("\n%u fine, %u short, %u to note, %u could not be seen\n",
	    counts[FACT_FINE], counts[FACT_SHORT], counts[FACT_NOTE],
	    counts[FACT_UNSEEN]);
}

static void print_for_machines(const struct doctor *doctor, const char *system)
{
	printf("{\n  \"memward\": ");
	json_string(memward_version());
	json_pair("system", system);
	printf(", \"page_size\": %u,\n  \"facts\": [\n",
	    (unsigned)doctor->info.page_size);
	for (size_t i = 0; i < doctor->count; i++) {
		const struct fact *fact = &doctor->facts[i];

		printf("    {\"name\": ");
		json_string(fact->name);
		json_pair("state", state_name(fact->state));
		json_pair("value", fact->value);
		json_pair("remedy", fact->remedy);
		printf("}%s\n", i + 1 < doctor->count ? "," : "");
	}
	printf("  ]\n}\n");
}

static int examine(bool json)
{
	static struct doctor doctor;
	char system[128];
	int code;

	doctor.info.size = sizeof(doctor.info);
	code = memward_sys_query(&doctor.info);
	if (code != 0) {
		(void)fprintf(stderr, "memward doctor: %s: %s\n",
		    memward_error_name(code), memward_error_text(code));
		return CLI_UNABLE;
	}
	for (size_t i = 0; i < MEMWARD_SYS_FEATURE_COUNT; i++)
		add_feature(&doctor, i);
	doctor_wards(&doctor);
	peek_facts(&doctor);
	peek_describe_system(system, sizeof(system));
	if (json)
		print_for_machines(&doctor, system);
	else
		print_for_people(&doctor, system);
	return CLI_HELD;
}

int doctor_main(int argc, char **argv)
{
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			json = true;
		} else if (strcmp(argv[i], "--help") == 0) {
			(void)fputs(help, stdout);
			return CLI_HELD;
		} else {
			(void)fprintf(stderr,
			    "memward doctor: unknown option: %s\n"
			    "Try: memward doctor --help\n",
			    argv[i]);
			return CLI_UNABLE;
		}
	}
	return examine(json);
}
