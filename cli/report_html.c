/* SPDX-License-Identifier: MIT */
/*
 * The proof as one page for whoever reviews security: what was attacked, how,
 * with what control, and what came of it. It loads nothing from anywhere.
 */
#include "cli.h"
#include "prove.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* Text between tags, or in a quoted attribute. */
static void put_text(FILE *page, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<':
			(void)fputs("&lt;", page);
			break;
		case '>':
			(void)fputs("&gt;", page);
			break;
		case '&':
			(void)fputs("&amp;", page);
			break;
		case '"':
			(void)fputs("&quot;", page);
			break;
		default:
			(void)putc(*text, page);
		}
	}
}

/* <tag class="class">text</tag>; class NULL: without one. */
static void put(
    FILE *page, const char *tag, const char *class, const char *text)
{
	(void)fprintf(page, "<%s", tag);
	if (class != NULL)
		(void)fprintf(page, " class=\"%s\"", class);
	(void)putc('>', page);
	put_text(page, text);
	(void)fprintf(page, "</%s>\n", tag);
}

static void put_fact(FILE *page, const char *name, const char *value)
{
	put(page, "dt", NULL, name);
	put(page, "dd", NULL, value);
}

static void put_granted(FILE *page)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	char granted[300] = "";
	char missing[300] = "";

	if (memward_sys_query(&info) != 0)
		return;
	for (unsigned i = 0; i < MEMWARD_SYS_FEATURE_COUNT; i++) {
		uint32_t bit = UINT32_C(1) << i;
		bool has = (info.granted & bit) != 0;
		char *list = has ? granted : missing;
		size_t len = strlen(list);

		(void)text_format(list + len, sizeof(granted) - len, "%s%s",
		    len > 0 ? ", " : "", memward_sys_feature_name(bit));
	}
	put_fact(page, "Granted here", granted);
	if (missing[0] != '\0')
		put_fact(page, "Not granted here", missing);
}

static void put_date(FILE *page)
{
	time_t now = time(NULL);
	const struct tm *utc = gmtime(&now);
	char text[64];

	if (utc != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", utc) > 0)
		put_fact(page, "Date", text);
}

static void put_machine(FILE *page, const struct proof *proof)
{
	char machine[256];
	char text[128];

	(void)fputs("<dl>\n", page);
	put_fact(page, "memward", memward_version());
	put_fact(page, "System", proof->system);
	peek_describe_machine(machine, sizeof(machine));
	if (machine[0] != '\0')
		put_fact(page, "Machine", machine);
	(void)text_format(
	    text, sizeof(text), "%u bytes", (unsigned)memward_sys_page_size());
	put_fact(page, "Page size", text);
	put_granted(page);
	put_fact(page, "Run as",
	    proof->privileged ? "root, or an administrator"
			      : "an ordinary user");
	put_fact(page, "Secret", proof->subject);
	put_date(page);
	(void)fputs("</dl>\n", page);
}

static void put_count(
    FILE *page, const char *class, unsigned count, const char *what)
{
	if (count > 0)
		(void)fprintf(page, "<li class=\"%s\"><b>%u</b>%s</li>\n",
		    class, count, what);
}

static void put_summary(FILE *page, const struct proof *proof)
{
	struct tally tally = prove_tally(proof);
	const char *class = tally.promised_leaked > 0 ? "verdict bad"
			    : tally.promised_held > 0 ? "verdict ok"
						      : "verdict none";

	put(page, "p", class, prove_verdict(&tally));
	(void)fputs("<ul class=\"tally\">\n", page);
	put_count(page, "bad", tally.promised_leaked, "promised, and leaked");
	put_count(page, "ok", tally.promised_held, "promised, and held");
	put_count(page, "open", tally.unpromised, "leaked, and not promised");
	put_count(page, "open", tally.asked_for, "handed on, as was asked");
	put_count(page, "none", tally.extra_held, "held, though not promised");
	put_count(page, "none", tally.not_testable, "not testable here");
	(void)fputs("</ul>\n", page);
}

static void put_reading(FILE *page)
{
	(void)fputs(
	    "<p>A process of its own holds the secret as the column "
	    "<em>Memory</em> says: in <em>pages</em> of the platform layer, "
	    "or in a ward, <em>packed</em> among others or <em>guarded</em> "
	    "on pages between two that cannot be touched. Every attack first "
	    "runs against a <em>control</em> without protection, and must "
	    "succeed there; else the row says <em>not testable</em>.</p>\n"
	    "<p><span class=\"badge ok\">held</span> memward promises it, and "
	    "the attack failed. <span class=\"badge bad\">LEAKED</span> "
	    "memward promises it, and the attack succeeded. "
	    "<span class=\"badge open\">leaked</span> the attack succeeded, "
	    "and memward promises nothing against it. What each row shows, "
	    "and what it does not, stands under its name in "
	    "<code>memward-prove(1)</code>.</p>\n",
	    page);
}

static bool in_group(const struct proof *proof, enum group group)
{
	for (size_t i = 0; i < proof->count; i++) {
		if (proof->outcomes[i].row->group == group)
			return true;
	}
	return false;
}

static void put_contents(FILE *page, const struct proof *proof)
{
	const char *between = "";

	(void)fputs("<nav>", page);
	for (enum group group = 0; group < GROUP_COUNT; group++) {
		if (!in_group(proof, group))
			continue;
		(void)fprintf(
		    page, "%s<a href=\"#%s\">", between, group_name(group));
		put_text(page, group_title(group));
		(void)fputs("</a>", page);
		between = " \302\267 ";
	}
	(void)fputs("</nav>\n", page);
}

static void put_badge(FILE *page, const struct outcome *outcome)
{
	bool promised = outcome->row->promise == PROMISED;
	const char *class = "open";
	const char *word = "leaked";

	if (outcome->result == NOT_TESTABLE) {
		class = "none";
		word = "not testable";
	} else if (outcome->result == HELD) {
		class = promised ? "ok" : "none";
		word = "held";
	} else if (promised) {
		class = "bad";
		word = "LEAKED";
	}
	(void)fprintf(page, "<span class=\"badge %s\">%s</span>", class, word);
	if (!promised)
		put(page, "span", "only", promise_name(outcome->row->promise));
}

static void put_outcome(FILE *page, const struct outcome *outcome)
{
	const struct row *row = outcome->row;
	bool tested = outcome->result != NOT_TESTABLE;

	(void)fputs("<tr><td>", page);
	put_badge(page, outcome);
	(void)fputs("</td><td>", page);
	put_text(page, row->memory);
	put(page, "span", "name", row->name);
	(void)fputs("</td><td>", page);
	put_text(page, tested ? outcome->attack.detail : outcome->why);
	/* That it is not promised stands beside it already. */
	if (outcome->result == LEAKED && row->note != NULL &&
	    strstr(row->note, "not promised") == NULL) {
		(void)fputs("; ", page);
		put_text(page, row->note);
	}
	if (tested) {
		(void)fputs("<span class=\"only\">Control: ", page);
		put_text(page, outcome->control.detail);
		(void)fputs("</span>", page);
	}
	(void)fputs("</td></tr>\n", page);
}

/* Rows that differ only in where the secret lies stand together. */
static bool same_attack(const struct row *a, const struct row *b)
{
	return a->group == b->group &&
	       strcmp(row_attack(a), row_attack(b)) == 0 &&
	       strcmp(row_how(a), row_how(b)) == 0 &&
	       strcmp(row_control(a), row_control(b)) == 0;
}

static bool told_before(const struct proof *proof, size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (same_attack(
			proof->outcomes[i].row, proof->outcomes[row].row))
			return true;
	}
	return false;
}

static void put_attack(FILE *page, const struct proof *proof, size_t first)
{
	const struct row *row = proof->outcomes[first].row;

	(void)fputs("<section class=\"attack\">\n", page);
	put(page, "h3", NULL, row_attack(row));
	put(page, "p", NULL, row_how(row));
	(void)fputs("<p class=\"control\">Control: ", page);
	put_text(page, row_control(row));
	(void)fputs("</p>\n<table><thead><tr><th>Result</th><th>Memory</th>"
		    "<th>Observed</th></tr></thead><tbody>\n",
	    page);
	for (size_t i = first; i < proof->count; i++) {
		if (same_attack(proof->outcomes[i].row, row))
			put_outcome(page, &proof->outcomes[i]);
	}
	(void)fputs("</tbody></table>\n</section>\n", page);
}

static void put_group(FILE *page, const struct proof *proof, enum group group)
{
	(void)fprintf(page, "<h2 id=\"%s\">", group_name(group));
	put_text(page, group_title(group));
	(void)fputs("</h2>\n", page);
	for (size_t i = 0; i < proof->count; i++) {
		if (proof->outcomes[i].row->group == group &&
		    !told_before(proof, i))
			put_attack(page, proof, i);
	}
}

static void put_head(FILE *page)
{
	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" "
		    "content=\"width=device-width, initial-scale=1\">\n"
		    "<title>memward prove</title>\n<style>\n",
	    page);
	for (size_t i = 0; report_style[i] != NULL; i++)
		(void)fprintf(page, "%s\n", report_style[i]);
	(void)fputs("</style>\n</head>\n<body>\n", page);
}

static void put_rest(FILE *page)
{
	(void)fputs(
	    "<h2>What no row attacks</h2>\n"
	    "<ul class=\"plain\"><li>The kernel itself, a hypervisor, "
	    "hardware that reads memory, memory that was cooled and "
	    "moved.</li>\n"
	    "<li>The image that hibernation writes, which holds locked pages "
	    "too.</li>\n"
	    "<li>What a program did with its secret before it came into "
	    "memward, or after it left.</li></ul>\n"
	    "<p class=\"dim\">Written by <code>memward prove --html</code>; "
	    "the same rows come as a table without it, and for machines with "
	    "<code>--json</code>.</p>\n</body>\n</html>\n",
	    page);
}

bool report_html(const struct proof *proof, const char *path)
{
	FILE *page = fopen(path, "w");
	bool written;

	if (page == NULL)
		return false;
	put_head(page);
	(void)fprintf(page,
	    "<h1>What leaks here, and what memward holds</h1>\n"
	    "<p class=\"dim\">%u attack%s on a secret in memory, grouped by "
	    "who attacks</p>\n",
	    (unsigned)proof->count, proof->count == 1 ? "" : "s");
	put_summary(page, proof);
	put_machine(page, proof);
	put_reading(page);
	put_contents(page, proof);
	for (enum group group = 0; group < GROUP_COUNT; group++) {
		if (in_group(proof, group))
			put_group(page, proof, group);
	}
	put_rest(page);
	written = ferror(page) == 0;
	return fclose(page) == 0 && written;
}
