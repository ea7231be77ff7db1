/* SPDX-License-Identifier: MIT */
/* What a scan prints: as it goes, for people or as one JSON object. */
#include "cli.h"
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Columns of the parts of a line. */
#define PLACE_WIDTH 16
#define WHAT_WIDTH  32
#define SIZE_WIDTH  12
#define INDENT      (PLACE_WIDTH + 2)

static unsigned short_print(uint64_t print)
{
	return (unsigned)(print >> 32);
}

static bool is_own(const struct scanner *scanner, uint64_t address)
{
	memward_address where;

	return scanner->source->is_self &&
	       memward_explain_address(
		   (const void *)(uintptr_t)address, &where) == 0 &&
	       where.place == MEMWARD_PLACE_SECRET;
}

/* The place as people write it: an address, or an offset. */
static void place_text(
    const struct scanner *scanner, uint64_t at, char text[32])
{
	(void)snprintf(text, 32,
	    scanner->source->in_memory ? "0x%012" PRIx64 : "%" PRIu64, at);
}

static void json_region(const struct region *region)
{
	if (region->protection[0] != '\0')
		json_pair("protection", region->protection);
	if (region->locked != UNKNOWN)
		printf(", \"locked\": %s",
		    region->locked == YES ? "true" : "false");
	if (region->dumped != UNKNOWN)
		printf(", \"dumped\": %s",
		    region->dumped == YES ? "true" : "false");
	json_pair("kind", region->kind);
	if (region->name[0] != '\0')
		json_pair("name", region->name);
}

static void json_hit(const struct scanner *scanner, uint64_t at,
    const struct hit *hit, const struct region *region)
{
	char place[32];

	place_text(scanner, at, place);
	printf("%s\n  {", scanner->hits > 1 ? "," : "");
	if (scanner->source->in_memory)
		printf("\"address\": \"%s\"", place);
	else
		printf("\"offset\": %s", place);
	json_pair("what", hit->what);
	if (hit->more[0] != '\0')
		json_pair("more", hit->more);
	printf(", \"bytes\": %zu, \"fingerprint\": \"%08x\"", hit->len,
	    short_print(hit->print));
	json_region(region);
	if (scanner->source->is_self)
		printf(", \"own\": %s", is_own(scanner, at) ? "true" : "false");
	(void)putchar('}');
}

static void region_text(
    const struct region *region, bool own, char *text, size_t size)
{
	(void)snprintf(text, size, "%s%s%s%s%s%s%s%s", region->kind,
	    region->name[0] != '\0' ? " " : "", region->name,
	    region->protection[0] != '\0' ? " " : "", region->protection,
	    region->locked == YES  ? ", locked"
	    : region->locked == NO ? ", not locked"
				   : "",
	    region->dumped == YES  ? ", in core files"
	    : region->dumped == NO ? ", not in core files"
				   : "",
	    own ? ", the scan's own ward" : "");
}

static void text_hit(const struct scanner *scanner, uint64_t at,
    const struct hit *hit, const struct region *region)
{
	char text[512];
	char where[384];
	char place[32];

	place_text(scanner, at, place);
	text_colour(RED);
	printf("%*s", PLACE_WIDTH, place);
	text_colour(PLAIN);
	(void)printf("  %-*s", WHAT_WIDTH - 1, hit->what);
	(void)snprintf(text, sizeof(text), "%zu bytes", hit->len);
	(void)printf(
	    " %-*s #%08x\n", SIZE_WIDTH, text, short_print(hit->print));
	region_text(region, is_own(scanner, at), where, sizeof(where));
	(void)snprintf(text, sizeof(text), "%s%s%s", hit->more,
	    hit->more[0] != '\0' ? "; " : "", where);
	printf("%*s", INDENT, "");
	text_wrap(INDENT, INDENT, text);
}

static void begin_text(const struct scanner *scanner)
{
	const struct plan *plan = scanner->plan;

	text_colour(BOLD);
	printf("memward scan of %s", scanner->source->what);
	text_colour(PLAIN);
	printf("\nlooks for ");
	if (scanner->needle != NULL)
		printf("a secret of %zu bytes (#%08x)%s", scanner->needle->len,
		    short_print(scanner->secret_print),
		    plan->no_keys ? "" : " and ");
	printf("%s\n\n", plan->no_keys ? "" : "keys");
}

void scan_report_begin(const struct scanner *scanner)
{
	if (!scanner->plan->json) {
		begin_text(scanner);
		return;
	}
	printf("{\"memward\": \"%s\"", memward_version());
	json_pair("target", scanner->source->what);
	if (scanner->needle != NULL)
		printf(", \"secret\": {\"bytes\": %zu, \"fingerprint\": "
		       "\"%08x\"}",
		    scanner->needle->len, short_print(scanner->secret_print));
	printf(",\n\"keys\": %s, \"hits\": [",
	    scanner->plan->no_keys ? "false" : "true");
}

void scan_report_hit(const struct scanner *scanner, uint64_t at,
    const struct hit *hit, const struct region *region)
{
	if (scanner->plan->json)
		json_hit(scanner, at, hit, region);
	else
		text_hit(scanner, at, hit, region);
}

/* "1.5 GiB" */
static void amount_text(uint64_t bytes, char text[32])
{
	static const char *const units[] = {
	    "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double amount = (double)bytes;
	size_t unit = 0;

	while (amount >= 1024 && unit < 6) {
		amount /= 1024;
		unit++;
	}
	(void)snprintf(text, 32, "%.*f %s", amount < 10 && unit > 0 ? 1 : 0,
	    amount, units[unit]);
}

static void end_text(const struct scanner *scanner)
{
	const struct source *source = scanner->source;
	char read[32];
	char unread[32];

	amount_text(scanner->read, read);
	amount_text(scanner->unread, unread);
	if (scanner->hits > 0) {
		text_colour(RED);
		printf("\nFound: %" PRIu64 ", in %s.\n", scanner->hits, read);
	} else {
		text_colour(source->ended[0] == '\0' ? GREEN : YELLOW);
		printf("Not found in %s.\n", read);
	}
	text_colour(PLAIN);
	if (scanner->unread > 0)
		printf("%s could not be read.\n", unread);
	if (source->ended[0] != '\0')
		printf("Not all was looked at: %s.\n", source->ended);
}

void scan_report_end(const struct scanner *scanner)
{
	const struct source *source = scanner->source;

	if (!scanner->plan->json) {
		end_text(scanner);
		return;
	}
	printf("%s], \"found\": %" PRIu64 ", \"read\": %" PRIu64
	       ", \"unread\": %" PRIu64,
	    scanner->hits > 0 ? "\n" : "", scanner->hits, scanner->read,
	    scanner->unread);
	printf(
	    ", \"complete\": %s", source->ended[0] == '\0' ? "true" : "false");
	if (source->ended[0] != '\0')
		json_pair("ended", source->ended);
	printf("}\n");
}
