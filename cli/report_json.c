/* SPDX-License-Identifier: MIT */
/* The proof for machines. Keys are documented by memward prove --help. */
#include "cli.h"
#include "prove.h"

static const char *sight_name(enum sight sight)
{
	static const char *const names[] = {
	    [SIGHT_SEEN] = "found",
	    [SIGHT_NONE] = "not found",
	    [SIGHT_UNABLE] = "not run",
	};

	return names[sight];
}

static void print_outcome(const struct outcome *outcome)
{
	const struct row *row = outcome->row;

	printf("    {\"name\": ");
	json_string(row->name);
	json_pair("adversary", group_name(row->group));
	json_pair("attack", row_attack(row));
	json_pair("memory", row->memory);
	printf(
	    ", \"promised\": %s", row->promise == PROMISED ? "true" : "false");
	json_pair("result", outcome->result == NOT_TESTABLE
				? "not testable"
				: result_name(outcome->result));
	json_pair("control", sight_name(outcome->control.sight));
	if (outcome->result == NOT_TESTABLE)
		json_pair("reason", outcome->why);
	else
		json_pair("observed", outcome->attack.detail);
	if (outcome->result == LEAKED && row->note != NULL)
		json_pair("note", row->note);
	(void)putchar('}');
}

static void print_summary(const struct proof *proof)
{
	struct tally tally = prove_tally(proof);

	printf("  \"summary\": {\"promised_held\": %u, "
	       "\"promised_leaked\": %u, \"unpromised_held\": %u, "
	       "\"unpromised_leaked\": %u, \"leaked_as_asked\": %u, "
	       "\"not_testable\": %u}\n",
	    tally.promised_held, tally.promised_leaked, tally.extra_held,
	    tally.unpromised, tally.asked_for, tally.not_testable);
}

void report_json(const struct proof *proof)
{
	printf("{\n  \"memward\": ");
	json_string(memward_version());
	printf(",\n  \"system\": ");
	json_string(proof->system);
	printf(",\n  \"privileged\": %s", proof->privileged ? "true" : "false");
	printf(",\n  \"secret\": ");
	json_string(proof->subject);
	printf(",\n  \"attacks\": [\n");
	for (size_t i = 0; i < proof->count; i++) {
		print_outcome(&proof->outcomes[i]);
		printf("%s\n", i + 1 < proof->count ? "," : "");
	}
	printf("  ],\n");
	print_summary(proof);
	printf("}\n");
}
