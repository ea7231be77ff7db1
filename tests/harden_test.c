/* SPDX-License-Identifier: MIT */
/*
 * memward_harden(), in processes of their own since nothing of it can be
 * undone. What it stops is tried from outside, by an ordinary user, and each
 * attack first has to succeed. (tests/model/harden_test.c has the systems
 * and kernels that are not here.)
 */
#include "harness.h"
#include "support_reader.h"

#include "memward.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_DUMPABLE (uint32_t) MEMWARD_HARDEN_NOT_DUMPABLE
#define NO_TRACE     (uint32_t) MEMWARD_HARDEN_NO_TRACE
#define NO_CORES     (uint32_t) MEMWARD_HARDEN_NO_CORES
#define NO_MERGE     (uint32_t) MEMWARD_HARDEN_NO_MERGE
#define ALL          (NOT_DUMPABLE | NO_TRACE | NO_CORES | NO_MERGE)

/* Exit status of a child whose control did not succeed; it printed why. */
#define UNTESTABLE 77

static memward_hardening holds_now(void)
{
	memward_hardening now = MEMWARD_HARDENING_INIT;

	CHECK_CODE(memward_harden(0, &now), 0);
	return now;
}

/*
 * Runs a child; it ends by _exit(), because a leak checker would trace the
 * process, which is just what some items forbid.
 */
static void run_child(const char *name)
{
	struct child_result result = support_run_child(name);

	if (result.end == CHILD_EXITED && result.code == UNTESTABLE)
		TEST_SKIP("%s", result.output);
	if (result.end != CHILD_EXITED || result.code != 0)
		TEST_FAIL(
		    "%s ended by %d: %s", name, result.code, result.output);
}

static _Noreturn void end_child(int status)
{
	(void)fflush(stdout);
	_exit(status);
}

static _Noreturn void untestable(const char *why)
{
	printf("%s", why);
	end_child(UNTESTABLE);
}

static void items_have_names(void)
{
	CHECK_STR(memward_harden_item_name(NOT_DUMPABLE), "not_dumpable");
	CHECK_STR(memward_harden_item_name(NO_TRACE), "no_trace");
	CHECK_STR(memward_harden_item_name(NO_CORES), "no_cores");
	CHECK_STR(memward_harden_item_name(NO_MERGE), "no_merge");
	CHECK(memward_harden_item_name(0) == NULL);
	CHECK(memward_harden_item_name(3) == NULL);
	CHECK(memward_harden_item_name(ALL + 1) == NULL);
}

static void wrong_arguments_change_nothing(void)
{
	memward_hardening before = holds_now();
	memward_hardening small = {.size = sizeof(small) - 1};

	CHECK_CODE(memward_harden(ALL + 1, NULL), MEMWARD_EVALUE);
	CHECK_CODE(memward_harden(ALL, &small), MEMWARD_EVALUE);
	CHECK_CODE(memward_harden(0, NULL), 0);
	CHECK_INT(holds_now().obtained, before.obtained);
}

static void a_larger_struct_of_a_later_version_is_fine(void)
{
	struct {
		memward_hardening first;
		int later;
	} larger = {.first = {.size = sizeof(larger)}, .later = 7};

	CHECK_CODE(memward_harden(0, &larger.first), 0);
	CHECK_INT(larger.first.size, sizeof(larger));
	CHECK_INT(larger.later, 7);
}

/* Secrets of all kinds, and the process is as it was. */
static int child_use_wards(void)
{
	memward_hardening before = holds_now();
	void *packed = memward_alloc(NULL, 32);
	void *guarded = memward_alloc_guarded(NULL, 32, 1);

	CHECK_INT(holds_now().obtained, before.obtained);
	memward_free(packed);
	memward_free(guarded);
	CHECK_INT(holds_now().obtained, before.obtained);
	CHECK((before.obtained & NOT_DUMPABLE) == 0);
	end_child(0);
}

static void wards_impose_nothing(void)
{
	run_child("use_wards");
}

/* What one call answers, and that it is so, and still so the second time. */
static int child_ask_for_all(void)
{
	memward_hardening first = MEMWARD_HARDENING_INIT;
	memward_hardening second = MEMWARD_HARDENING_INIT;
	int code = memward_harden(ALL, &first);
	int reason = 0;

	for (size_t i = 0; i < MEMWARD_HARDEN_COUNT; i++) {
		bool obtained = (first.obtained >> i & 1) != 0;

		CHECK_INT(first.answer[i].reason == 0, obtained);
		if (reason == 0)
			reason = first.answer[i].reason;
		if (!obtained)
			printf("%s: %s; ",
			    memward_harden_item_name(UINT32_C(1) << i),
			    memward_error_name(first.answer[i].reason));
	}
	CHECK_CODE(code, reason);
	CHECK_CODE(memward_harden(ALL, &second), code);
	CHECK_INT(second.obtained, first.obtained);
	/* Some systems cannot be asked about no_trace. */
	CHECK_INT(holds_now().obtained & ~NO_TRACE, first.obtained & ~NO_TRACE);
	end_child(0);
}

static void every_item_is_answered_by_itself(void)
{
	struct child_result result = support_run_child("ask_for_all");

	if (result.output[0] != '\0')
		printf("# not obtained here: %s\n", result.output);
	CHECK_INT(result.end, CHILD_EXITED);
	CHECK_INT(result.code, 0);
}

static unsigned char prey[64];

/* What a victim says of itself after each order. */
struct hello {
	long pid;
	uint64_t address;
	uint32_t obtained;
	int code; /* of memward_harden() */
};

/* Orders, one byte each: 'h' harden, 'f' fork and be the child, 'x' exec. */
#define ORDERS  STDIN_FILENO
#define ANSWERS 3

static void say_hello(int code)
{
	struct hello hello = {.pid = (long)getpid(),
	    .address = (uint64_t)(uintptr_t)prey,
	    .obtained = holds_now().obtained,
	    .code = code};

	if (write(ANSWERS, &hello, sizeof(hello)) != sizeof(hello))
		end_child(1);
}

static int obey(char order)
{
	pid_t pid;

	if (order == 'h')
		return memward_harden(NOT_DUMPABLE | NO_TRACE, NULL);
	if (order == 'x')
		support_become_child("serve");
	pid = order == 'f' ? fork() : -1;
	if (pid > 0) {
		/* The child answers from now on. */
		(void)waitpid(pid, NULL, 0);
		end_child(0);
	}
	if (pid < 0)
		end_child(1);
	return 0;
}

static int child_serve(void)
{
	char order;

	memset(prey, 0x5a, sizeof(prey));
	support_let_look();
	say_hello(0);
	while (read(ORDERS, &order, 1) == 1)
		say_hello(obey(order));
	end_child(0);
}

struct victim {
	int orders;
	int answers;
	struct hello hello;
};

static void hear(struct victim *victim)
{
	CHECK(read(victim->answers, &victim->hello, sizeof(victim->hello)) ==
	      sizeof(victim->hello));
}

static void order(struct victim *victim, char what)
{
	CHECK(write(victim->orders, &what, 1) == 1);
	hear(victim);
	CHECK_CODE(victim->hello.code, 0);
}

/* A process that is no parent of the one that will look at it. */
static struct victim start_victim(void)
{
	struct victim victim;
	int orders[2];
	int answers[2];
	pid_t pid;

	CHECK(pipe(orders) == 0 && pipe(answers) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(dup2(orders[0], ORDERS) == ORDERS);
		CHECK(dup2(answers[1], ANSWERS) == ANSWERS);
		for (int fd = ANSWERS + 1; fd < 16; fd++)
			(void)close(fd);
		(void)child_serve();
	}
	(void)close(orders[0]);
	(void)close(answers[1]);
	victim.orders = orders[1];
	victim.answers = answers[0];
	hear(&victim);
	return victim;
}

static enum reader_sight look(
    const struct victim *victim, enum reader reader, int *error)
{
	unsigned char expected[sizeof(prey)];

	memset(expected, 0x5a, sizeof(expected));
	*error = 0;
	return support_look_at(victim->hello.pid, reader, victim->hello.address,
	    expected, sizeof(expected), error);
}

/* Before it is got; then refused, in a forked child too; got after exec. */
static int read_before_and_after(enum reader reader)
{
	struct victim victim;
	int error;

	if (!support_become_ordinary())
		untestable("root cannot become an ordinary user here");
	victim = start_victim();
	if (look(&victim, reader, &error) != READER_GOT) {
		printf("the control was not read: %s; ", strerror(error));
		untestable("a security module or the system forbids it");
	}
	CHECK_INT(victim.hello.obtained & (NOT_DUMPABLE | NO_TRACE), 0);
	order(&victim, 'h');
	CHECK_INT(victim.hello.obtained & NOT_DUMPABLE, NOT_DUMPABLE);
	CHECK_INT(look(&victim, reader, &error), READER_REFUSED);
	order(&victim, 'f');
	CHECK_INT(victim.hello.obtained & NOT_DUMPABLE, NOT_DUMPABLE);
	CHECK_INT(look(&victim, reader, &error), READER_REFUSED);
	order(&victim, 'x');
	CHECK_INT(victim.hello.obtained & NOT_DUMPABLE, 0);
	CHECK_INT(look(&victim, reader, &error), READER_GOT);
	order(&victim, 'h');
	CHECK_INT(look(&victim, reader, &error), READER_REFUSED);
	end_child(0);
}

static int child_read_file(void)
{
	return read_before_and_after(BY_FILE);
}

static int child_read_call(void)
{
	return read_before_and_after(BY_CALL);
}

static int child_read_trace(void)
{
	return read_before_and_after(BY_TRACE);
}

static int child_take(void)
{
	return read_before_and_after(BY_TAKE);
}

static void memory_is_not_read_by_file(void)
{
	run_child("read_file");
}

static void memory_is_not_read_by_call(void)
{
	run_child("read_call");
}

static void memory_is_not_read_by_trace(void)
{
	run_child("read_trace");
}

static void descriptors_are_not_taken(void)
{
	run_child("take");
}

static unsigned char pattern[32];

static void fill_pattern(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (unsigned char)(0xc1 + 7 * i);
}

static int child_crash_plain(void)
{
	fill_pattern();
	support_crash();
}

static int child_crash_hardened(void)
{
	fill_pattern();
	CHECK_CODE(memward_harden(NOT_DUMPABLE, NULL), 0);
	support_crash();
}

static int child_crash_limited(void)
{
	fill_pattern();
	/* The case has looked at its answer in a child of its own. */
	(void)!memward_harden(NO_CORES, NULL);
	support_crash();
}

static int child_need_no_cores(void)
{
	int code = memward_harden(NO_CORES, NULL);

	if (code != 0)
		untestable(memward_error_text(code));
	end_child(0);
}

/* Of a crash; where cores go elsewhere, that there was one is enough. */
static void check_leaves_no_core(const char *child)
{
	struct core_result control;

	fill_pattern();
	control = support_core_of("crash_plain", pattern, sizeof(pattern));
	if (control.outcome != CORE_HOLDS && control.outcome != CORE_ELSEWHERE)
		TEST_SKIP("the control left no core file: %s", control.reason);
	CHECK_INT(support_core_of(child, pattern, sizeof(pattern)).outcome,
	    CORE_NONE);
}

static void what_is_not_dumpable_leaves_no_core(void)
{
	if ((holds_now().answer[0].reason) != 0)
		TEST_SKIP(
		    "%s", memward_error_text(holds_now().answer[0].reason));
	check_leaves_no_core("crash_hardened");
}

static void no_cores_leaves_no_core(void)
{
	run_child("need_no_cores");
	check_leaves_no_core("crash_limited");
}

/* Only a page of its own tells anything: smaller ones share the heap's. */
#define LARGE ((size_t)1 << 20)

static int child_look_at_merging(void)
{
	CHECK_INT(holds_now().obtained & NO_MERGE, NO_MERGE);
	end_child(0);
}

static int child_merge(void)
{
	unsigned char *mem = malloc(LARGE);
	bool known;
	int status = 0;
	pid_t pid;

	CHECK(mem != NULL);
	memset(mem, 1, LARGE);
	if (!support_merge_all())
		untestable("this kernel merges nobody's pages on request "
			   "(Linux 6.4 with CONFIG_KSM can)");
	CHECK_INT(holds_now().obtained & NO_MERGE, 0);
	if (!support_is_mergeable(mem + LARGE / 2, &known) || !known)
		untestable("the kernel does not tell what it may merge");
	CHECK_CODE(memward_harden(NO_MERGE, NULL), 0);
	CHECK_INT(holds_now().obtained & NO_MERGE, NO_MERGE);
	CHECK(!support_is_mergeable(mem + LARGE / 2, &known) && known);
	pid = fork();
	if (pid == 0) {
		support_become_child("look_at_merging");
		end_child(1);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
	end_child(0);
}

static void pages_are_no_longer_merged(void)
{
	if (support_sanitizer() != NULL)
		TEST_SKIP("a sanitizer maps terabytes, which the kernel looks "
			  "through page by page");
	run_child("merge");
}

static const struct test_case cases[] = {
    TEST_CASE(items_have_names),
    TEST_CASE(wrong_arguments_change_nothing),
    TEST_CASE(a_larger_struct_of_a_later_version_is_fine),
    TEST_CASE(wards_impose_nothing),
    TEST_CASE(every_item_is_answered_by_itself),
    TEST_CASE(memory_is_not_read_by_file),
    TEST_CASE(memory_is_not_read_by_call),
    TEST_CASE(memory_is_not_read_by_trace),
    TEST_CASE(descriptors_are_not_taken),
    TEST_CASE(what_is_not_dumpable_leaves_no_core),
    TEST_CASE(no_cores_leaves_no_core),
    TEST_CASE(pages_are_no_longer_merged),
};

static const struct child_entry children[] = {
    {"use_wards", child_use_wards},
    {"ask_for_all", child_ask_for_all},
    {"serve", child_serve},
    {"read_file", child_read_file},
    {"read_call", child_read_call},
    {"read_trace", child_read_trace},
    {"take", child_take},
    {"crash_plain", child_crash_plain},
    {"crash_hardened", child_crash_hardened},
    {"crash_limited", child_crash_limited},
    {"need_no_cores", child_need_no_cores},
    {"look_at_merging", child_look_at_merging},
    {"merge", child_merge},
};

int main(int argc, char **argv)
{
	support_children(children, TEST_COUNT(children));
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
