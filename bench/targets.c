/* SPDX-License-Identifier: MIT */
/* The targets beside what was measured. */
#include "bench.h"

#include <math.h>

/* A quotient or a number, and what it should be. */
struct target {
	const char *what;
	const char *unit;
	const char *experiment;
	const char *subject;
	size_t row;
	/* Divided by this; NULL: by nothing. */
	const char *experiment_by;
	const char *subject_by;
	size_t row_by;
	double goal;
	double floor; /* NAN: there is none */
	bool more;    /* more is better */
};

#define NONE NULL, NULL, 0
/* What is required of no floor of its own. */
#define NO_FLOOR 0

static const struct target targets[] = {
    {"32 bytes, 1,000 live, against glibc", "x", "sizes-1000", "memward", 1,
	"sizes-1000", "glibc", 1, 1.1, 1.5, false},
    {"32 bytes, 1,000,000 live, against glibc", "x", "growth", "memward", 3,
	"growth", "glibc", 3, 1.2, NO_FLOOR, false},
    {"hidden, 32 bytes, 1,000 live, against plain", "x", "sizes-1000",
	"memward hidden", 1, "sizes-1000", "memward", 1, 1.05, NO_FLOOR, false},
    {"mappings of 1,000 guarded secrets", "", "mappings", "memward guarded", 1,
	NONE, 24, NO_FLOOR, false},
    {"guarded, warm", "ns", "guarded", "memward guarded", 0, NONE, 100,
	NO_FLOOR, false},
    {"guarded, against libsodium", "x faster", "guarded", "libsodium", 0,
	"guarded", "memward guarded", 0, 200, NO_FLOOR, true},
    {"sodium shim, against libsodium", "x faster", "guarded", "libsodium", 0,
	"guarded", "sodium shim", 0, 100, NO_FLOOR, true},
    {"sodium shim trap_free, against libsodium", "x faster", "guarded",
	"libsodium", 0, "guarded", "sodium shim trap_free", 0, 15, NO_FLOOR,
	true},
    {"two threads, scaling against glibc's", "x", "scaling", "memward", 0,
	"scaling", "glibc", 0, 0.95, NO_FLOOR, true},
    {"allocate here, free there, against glibc", "x", "handover", "memward", 0,
	"handover", "glibc", 0, 1, NO_FLOOR, true},
    {"locked within 64 KiB", "secrets", "limits", "memward", 0, NONE, 1200,
	NO_FLOOR, true},
    {"locked within 8 MiB", "secrets", "limits", "memward", 1, NONE, 160000,
	NO_FLOOR, true},
    {"window, 1 secret, idle, against mprotect", "x", "windows",
	"memward window", 0, "windows", "mprotect, same mappings", 0, 1.1,
	NO_FLOOR, false},
    {"window, 1 secret, busy, against mprotect", "x", "windows",
	"memward window", 1, "windows", "mprotect, same mappings", 1, 1.1,
	NO_FLOOR, false},
    {"window, 1,000 secrets, idle, one mapping", "x", "windows",
	"memward window", 2, "windows", "mprotect, one mapping", 2, 1.1,
	NO_FLOOR, false},
    {"window, 100,000 secrets, idle, same mappings", "x", "windows",
	"memward window", 4, "windows", "mprotect, same mappings", 4, 1.1,
	NO_FLOOR, false},
    {"window, 100,000 secrets, idle, one mapping", "x", "windows",
	"memward window", 4, "windows", "mprotect, one mapping", 4, 1.1,
	NO_FLOOR, false},
    {"window, 100,000 secrets, busy, one mapping", "x", "windows",
	"memward window", 5, "windows", "mprotect, one mapping", 5, 1.1,
	NO_FLOOR, false},
    {"wipe, 32 bytes", "ns", "wipe", "memward", 0, NONE, 4, NO_FLOOR, false},
    {"wipe, 4 KiB, speed against memset", "x", "wipe", "malloc", 1, "wipe",
	"memward", 1, 0.95, NO_FLOOR, true},
    {"wipe, 64 KiB, speed against memset", "x", "wipe", "malloc", 2, "wipe",
	"memward", 2, 0.95, NO_FLOOR, true},
};

static bool reaches(double value, double goal, bool more)
{
	return more ? value >= goal : value <= goal;
}

static const char *judge(const struct target *t, double value)
{
	if (reaches(value, t->goal, t->more))
		return "met";
	if (t->floor > 0 && reaches(value, t->floor, t->more))
		return "floor";
	return "missed";
}

static void write_target(FILE *out, const struct target *t)
{
	double value = bench_result(t->experiment, t->subject, t->row);
	char text[32];

	if (t->subject_by != NULL)
		value /=
		    bench_result(t->experiment_by, t->subject_by, t->row_by);
	if (isnan(value)) {
		/* Only where the experiment was run at all. */
		if (bench_table_of(t->experiment) != NULL)
			fprintf(out, "| %s | %g %s | - | not measured |\n",
			    t->what, t->goal, t->unit);
		return;
	}
	fprintf(out, "| %s | %s%g", t->what, t->more ? ">= " : "<= ", t->goal);
	if (t->floor > 0)
		fprintf(out, " (%g)", t->floor);
	fprintf(out, " %s | %s | %s |\n", t->unit, bench_number(value, text),
	    judge(t, value));
}

/* What trap_free costs, in pairs of mprotect calls over as many pages. */
static void write_trap_free(FILE *out)
{
	double extra = bench_result("guarded", "memward trap_free", 0) -
		       bench_result("guarded", "memward guarded", 0);
	double pair = bench_result("windows", "mprotect, one mapping", 0);
	char text[32];

	if (isnan(extra / pair))
		return;
	fprintf(out,
	    "| trap_free, beyond guarded | <= 1.1 mprotect pairs | %s | %s "
	    "|\n",
	    bench_number(extra / pair, text),
	    extra / pair <= 1.1 ? "met" : "missed");
}

/* Whichever of a quotient and a difference allows more. */
static void write_seal(FILE *out)
{
	double warm = bench_result("seal", "memward, in a window", 0);
	double cold = bench_result("seal", "memward, no window", 1);
	double bare = bench_result("seal", "libsodium, the cipher", 0);
	char text[32];

	if (isnan(warm / bare))
		return;
	fprintf(out,
	    "| seal + open 32 bytes, key cached, against the cipher | "
	    "<= 1.3 x, or <= 200 ns more | %s x, ",
	    bench_number(warm / bare, text));
	fprintf(out, "%s ns more | %s |\n", bench_number(warm - bare, text),
	    warm <= 1.3 * bare || warm <= bare + 200 ? "met" : "missed");
	if (!isnan(cold))
		fprintf(out,
		    "| open 32 bytes, no window (no target) | | %s ns | |\n",
		    bench_number(cold, text));
}

/* What a call costs besides the wipe of its stack, for the usual one. */
static void write_stack(FILE *out)
{
	double extra = bench_result("stack", "memward_call", 2) -
		       bench_result("stack", "the wipe alone", 2);
	char text[32];

	if (isnan(extra))
		return;
	fprintf(out,
	    "| secure stack, beyond its wipe | <= 150 ns | %s | %s |\n",
	    bench_number(extra, text), extra <= 150 ? "met" : "missed");
}

void bench_write_targets(FILE *out)
{
	fprintf(out, "## Targets\n\n| work | target (floor) | result | |\n"
		     "|---|---|---|---|\n");
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		write_target(out, &targets[i]);
	write_trap_free(out);
	write_seal(out);
	write_stack(out);
}
