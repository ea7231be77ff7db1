/* SPDX-License-Identifier: MIT */
/* The proof for people: a table by adversary, then what it comes to. */
#include "cli.h"
#include "prove.h"

#include <string.h>

#define RESULT_WIDTH 13
#define ATTACK_WIDTH 29
#define MEMORY_WIDTH 24
#define NOTE_COLUMN  (2 + RESULT_WIDTH + ATTACK_WIDTH + MEMORY_WIDTH)

static enum cli_colour result_colour(const struct outcome *outcome)
{
	if (outcome->result == HELD)
		return GREEN;
	if (outcome->result == NOT_TESTABLE)
		return CYAN;
	return outcome->row->promise == PROMISED ? RED : YELLOW;
}

static const char *result_word(const struct outcome *outcome)
{
	if (outcome->result == NOT_TESTABLE)
		return "not testable";
	if (outcome->result == LEAKED)
		return "LEAKED";
	return outcome->row->promise == PROMISED ? "held" : "(held)";
}

static void print_note(const struct outcome *outcome)
{
	const struct row *row = outcome->row;
	const char *note = outcome->attack.detail;

	if (outcome->result == NOT_TESTABLE)
		note = outcome->why;
	if (outcome->result == LEAKED && row->note != NULL)
		note = row->note;
	if (outcome->result == LEAKED && row->promise == PROMISED)
		text_colour(RED);
	text_wrap(NOTE_COLUMN, NOTE_COLUMN, note);
	text_colour(PLAIN);
}

static void print_outcome(const struct outcome *outcome)
{
	printf("  ");
	text_colour(result_colour(outcome));
	text_pad(result_word(outcome), RESULT_WIDTH);
	text_colour(PLAIN);
	text_pad(row_attack(outcome->row), ATTACK_WIDTH);
	text_pad(outcome->row->memory, MEMORY_WIDTH);
	print_note(outcome);
}

/* Whether memward promises nothing against this adversary. */
static bool is_beyond(enum group group)
{
	return group == GROUP_SAME_USER || group == GROUP_ROOT ||
	       group == GROUP_INSIDE;
}

static void print_group(enum group group)
{
	(void)putchar('\n');
	text_colour(BOLD);
	printf("%s", group_title(group));
	text_colour(PLAIN);
	if (is_beyond(group)) {
		text_colour(YELLOW);
		if (group == GROUP_INSIDE)
			printf(": NOT PROMISED, but hardening keeps "
			       "the same user's debugger out");
		else
			printf(
			    ": NOT PROMISED by pages or plain wards, needs %s",
			    group == GROUP_ROOT ? "hidden memory"
						: "process hardening");
		text_colour(PLAIN);
	}
	(void)putchar('\n');
}

static void print_head(const struct proof *proof)
{
	text_colour(BOLD);
	printf("memward %s: %u attack%s on %s\n", memward_version(),
	    (unsigned)proof->count, proof->count == 1 ? "" : "s",
	    proof->subject);
	text_colour(PLAIN);
	printf("%s, %s\n", proof->system,
	    proof->privileged ? "with root's privileges"
			      : "as an ordinary user");
	text_wrap(0, 0,
	    "Each attack has first found its prey in plain malloc memory; "
	    "where it did not, it is \"not testable\".");
	if (proof->unlocked)
		text_wrap(0, 0,
		    "Note: this program could not lock its own copy of the "
		    "secret; memward doctor says why.");
	(void)putchar('\n');
	text_colour(DIM);
	printf("  ");
	text_pad("RESULT", RESULT_WIDTH);
	text_pad("ATTACK", ATTACK_WIDTH);
	text_pad("MEMORY", MEMORY_WIDTH);
	printf("OBSERVED\n");
	text_colour(PLAIN);
}

/* Prints names as one list, broken at the width; begin with *column at 0. */
static void print_name(const char *name, size_t *column)
{
	bool first = *column == 0;

	if (!first && *column + 2 + strlen(name) >= TEXT_WIDTH) {
		printf(",\n");
		first = true;
		*column = 0;
	}
	printf("%s%s", first ? "    " : ", ", name);
	*column += strlen(name) + (first ? 4 : 2);
}

static void print_list(const struct proof *proof, enum result result,
    enum promise promise, unsigned count, enum cli_colour colour,
    const char *title)
{
	size_t column = 0;

	if (count == 0)
		return;
	text_colour(colour);
	printf("%3u %s\n", count, title);
	text_colour(PLAIN);
	for (size_t i = 0; i < proof->count; i++) {
		const struct outcome *outcome = &proof->outcomes[i];

		if (outcome->result == result &&
		    outcome->row->promise == promise)
			print_name(outcome->row->name, &column);
	}
	(void)putchar('\n');
}

/* Whether an earlier row could not be tested for the same reason. */
static bool told_before(const struct proof *proof, size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (proof->outcomes[i].result == NOT_TESTABLE &&
		    strcmp(proof->outcomes[i].why, proof->outcomes[row].why) ==
			0)
			return true;
	}
	return false;
}

static void print_untested(const struct proof *proof, unsigned count)
{
	if (count == 0)
		return;
	text_colour(CYAN);
	printf("%3u not testable here\n", count);
	text_colour(PLAIN);
	for (size_t i = 0; i < proof->count; i++) {
		const struct outcome *first = &proof->outcomes[i];
		size_t column = 0;

		if (first->result != NOT_TESTABLE || told_before(proof, i))
			continue;
		for (size_t j = i; j < proof->count; j++) {
			const struct outcome *other = &proof->outcomes[j];

			if (other->result == NOT_TESTABLE &&
			    strcmp(other->why, first->why) == 0)
				print_name(other->row->name, &column);
		}
		printf("\n      because: ");
		text_wrap(15, 15, first->why);
	}
}

const char *prove_verdict(const struct tally *tally)
{
	if (tally->promised_leaked > 0)
		return "BROKEN: what memward promises does not hold here.";
	if (tally->promised_held == 0)
		return "Nothing that memward promises was tested.";
	return tally->not_testable > 0
		   ? "What memward promises held, as far as it could be "
		     "tested."
		   : "What memward promises held.";
}

void report_table(const struct proof *proof)
{
	struct tally tally = prove_tally(proof);

	print_head(proof);
	for (size_t i = 0; i < proof->count; i++) {
		enum group group = proof->outcomes[i].row->group;

		if (i == 0 || proof->outcomes[i - 1].row->group != group)
			print_group(group);
		print_outcome(&proof->outcomes[i]);
	}
	(void)putchar('\n');
	print_list(proof, LEAKED, PROMISED, tally.promised_leaked, RED,
	    "promised, and LEAKED");
	print_list(proof, HELD, PROMISED, tally.promised_held, GREEN,
	    "promised, and held");
	print_list(proof, LEAKED, NOT_PROMISED, tally.unpromised, YELLOW,
	    "leaked, and not promised");
	print_list(proof, LEAKED, ASKED_FOR, tally.asked_for, YELLOW,
	    "handed on, as the caller asked");
	print_list(proof, HELD, NOT_PROMISED, tally.extra_held, PLAIN,
	    "held, though not promised");
	print_untested(proof, tally.not_testable);
	text_colour(tally.promised_leaked > 0 ? RED : BOLD);
	printf("%s\n", prove_verdict(&tally));
	text_colour(PLAIN);
}
