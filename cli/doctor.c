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
    "each thing that it cannot have, why, and how to change that: in words,\n"
    "and as lines to paste into a shell, a systemd unit, a docker command or\n"
    "a Kubernetes manifest. What it cannot see from here, it says.\n"
    "\n"
    "  --json  for machines: keys memward, system, page_size, and facts, each\n"
    "          with name, section, state (fine, short, note, unseen), value,\n"
    "          remedy, and paste (shell, systemd, docker, kubernetes)\n"
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
	*fact = (struct fact){
	    .name = name,
	    .section = doctor->section,
	    .state = state,
	};
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

void doctor_paste(struct fact *fact, enum paste where, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(
	    fact->paste[where], sizeof(fact->paste[where]), format, args);
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
    {"hidden", "not to be read from outside, not even by root"},
    {"guard_regions", "guarded secrets need few mappings"},
    {"protection_keys", "opened for one thread alone"},
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

static int examine(bool json)
{
	static struct doctor doctor;
	char system[128];
	int code;

	doctor.info.size = sizeof(doctor.info);
	/* First what is tried in children: a filter may kill who tries. */
	if (peek_facts_of_kernel(&doctor)) {
		code = memward_sys_query(&doctor.info);
		if (code != 0) {
			(void)fprintf(stderr, "memward doctor: %s: %s\n",
			    memward_error_name(code), memward_error_text(code));
			return CLI_UNABLE;
		}
		doctor.section = ABOUT_PAGES;
		for (size_t i = 0; i < MEMWARD_SYS_FEATURE_COUNT; i++)
			add_feature(&doctor, i);
		doctor.section = ABOUT_WARDS;
		doctor_wards(&doctor);
	}
	peek_facts(&doctor);
	peek_describe_system(system, sizeof(system));
	if (json)
		doctor_print_json(&doctor, system);
	else
		doctor_print(&doctor, system);
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
