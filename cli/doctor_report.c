/* SPDX-License-Identifier: MIT */
/* What doctor found, for people and for machines. */
#include "cli.h"
#include "doctor.h"

#include <string.h>

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

/* Its word in JSON, and its title for people. */
static const struct {
	const char *name;
	const char *title;
} sections[ABOUT_COUNT] = {
    [ABOUT_PAGES] = {"pages", "What pages of memward have here"},
    [ABOUT_WARDS] = {"wards", "Whether a ward can be opened with a preset"},
    [ABOUT_LIMITS] = {"limits", "Limits and privileges"},
    [ABOUT_PLACE] = {"place", "Where this runs"},
    [ABOUT_KERNEL] = {"kernel", "What the kernel offers"},
    [ABOUT_DISK] = {"disk", "What reaches a disk"},
    [ABOUT_READERS] = {"readers", "Who else may read this memory"},
};

static const char *const paste_names[PASTE_COUNT] = {
    [IN_SHELL] = "shell",
    [IN_SYSTEMD] = "systemd",
    [IN_DOCKER] = "docker",
    [IN_KUBERNETES] = "kubernetes",
};

#define STATE_WIDTH  8
#define NAME_WIDTH   18
#define VALUE_COLUMN (2 + STATE_WIDTH + NAME_WIDTH)
#define PASTE_COLUMN 10

static void print_fact(const struct fact *fact)
{
	printf("  ");
	text_colour(state_colour(fact->state));
	text_pad(state_name(fact->state), STATE_WIDTH);
	text_colour(PLAIN);
	text_pad(fact->name, NAME_WIDTH);
	text_wrap(VALUE_COLUMN, VALUE_COLUMN, fact->value);
	text_colour(YELLOW);
	if (fact->remedy[0] != '\0') {
		printf("%*s", VALUE_COLUMN, "-> ");
		text_wrap(VALUE_COLUMN, VALUE_COLUMN, fact->remedy);
	}
	for (int i = 0; i < PASTE_COUNT; i++) {
		if (fact->paste[i][0] != '\0')
			printf("%*s%-12s%s\n", PASTE_COLUMN, "", paste_names[i],
			    fact->paste[i]);
	}
	text_colour(PLAIN);
}

static bool has_section(const struct doctor *doctor, enum fact_section section)
{
	for (size_t i = 0; i < doctor->count; i++) {
		if (doctor->facts[i].section == section)
			return true;
	}
	return false;
}

static void print_section(
    const struct doctor *doctor, enum fact_section section)
{
	(void)putchar('\n');
	text_colour(BOLD);
	printf("%s\n", sections[section].title);
	text_colour(PLAIN);
	for (size_t i = 0; i < doctor->count; i++) {
		if (doctor->facts[i].section == section)
			print_fact(&doctor->facts[i]);
	}
}

void doctor_print(const struct doctor *doctor, const char *system)
{
	unsigned counts[FACT_UNSEEN + 1] = {0};
	char page[32];

	doctor_bytes(memward_sys_page_size(), page, sizeof(page));
	text_colour(BOLD);
	printf("memward %s: what a process started here can have\n",
	    memward_version());
	text_colour(PLAIN);
	printf("%s, pages of %s\n", system, page);
	for (enum fact_section section = 0; section < ABOUT_COUNT; section++) {
		if (has_section(doctor, section))
			print_section(doctor, section);
	}
	for (size_t i = 0; i < doctor->count; i++)
		counts[doctor->facts[i].state]++;
	printf("\n%u fine, %u short, %u to note, %u could not be seen\n",
	    counts[FACT_FINE], counts[FACT_SHORT], counts[FACT_NOTE],
	    counts[FACT_UNSEEN]);
}

static void print_paste(const struct fact *fact)
{
	bool first = true;

	printf(", \"paste\": {");
	for (int i = 0; i < PASTE_COUNT; i++) {
		if (fact->paste[i][0] == '\0')
			continue;
		printf("%s\"%s\": ", first ? "" : ", ", paste_names[i]);
		json_string(fact->paste[i]);
		first = false;
	}
	(void)putchar('}');
}

void doctor_print_json(const struct doctor *doctor, const char *system)
{
	printf("{\n  \"memward\": ");
	json_string(memward_version());
	json_pair("system", system);
	printf(", \"page_size\": %u,\n  \"facts\": [\n",
	    (unsigned)memward_sys_page_size());
	for (size_t i = 0; i < doctor->count; i++) {
		const struct fact *fact = &doctor->facts[i];

		printf("    {\"name\": ");
		json_string(fact->name);
		json_pair("section", sections[fact->section].name);
		json_pair("state", state_name(fact->state));
		json_pair("value", fact->value);
		json_pair("remedy", fact->remedy);
		print_paste(fact);
		printf("}%s\n", i + 1 < doctor->count ? "," : "");
	}
	printf("  ]\n}\n");
}
