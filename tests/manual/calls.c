/* SPDX-License-Identifier: MIT */
/*
 * Makes the public calls, each kind after a mark that a tracer sees: a write
 * to no descriptor. What stands between two marks are the system calls that
 * memward(7) has to list under that name.
 */
#include <memward.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char own[20000];
static pthread_barrier_t hoarded;

static void mark(const char *name)
{
	/* It fails, which is how it does nothing. */
	ssize_t n = write(-1, name, strlen(name));

	(void)n;
}

static void try(int rc, const char *what)
{
	/* What this machine refuses is no fault; its calls were made. */
	if (rc != 0)
		fprintf(stderr, "%s: %s\n", what, memward_error_name(rc));
}

static int nothing(void *argument)
{
	(void)argument;
	return 0;
}

static memward_ward *open_ward(
    uint32_t prefer, memward_access rest, memward_fork_rule fork_rule)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;

	policy.prefer |= prefer;
	policy.rest = rest;
	policy.fork = fork_rule;
	try(memward_open(&policy, &ward), "open");
	return ward;
}

static void *many(memward_ward *ward)
{
	void *secret = NULL;
	int rc = 0;

	for (int i = 0; i < 2000 && rc == 0; i++)
		rc = memward_new(ward, 32, &secret);
	try(rc, "new");
	return secret;
}

static void guarded(memward_ward *ward)
{
	void *secret[40];

	for (int i = 0; i < 40; i++)
		secret[i] = memward_alloc_guarded(ward, 100, 1);
	for (int i = 0; i < 40; i++)
		memward_free(secret[i]);
}

static void in_child(memward_ward *ward, const char *name, void *secret)
{
	pid_t child;

	/* Before: what the hooks of fork do in the child belongs to it. */
	mark(name);
	child = fork();
	if (child == 0) {
		(void)memward_is_secret(secret);
		memward_free(memward_alloc(ward, 32));
		memward_free(memward_alloc_guarded(ward, 32, 1));
		_exit(0);
	}
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	mark("rest");
}

/* A thread that keeps idle secrets of the ward while another wants them. */
static void *hoard(void *argument)
{
	memward_free(memward_alloc(argument, 32));
	mark("rest");
	(void)pthread_barrier_wait(&hoarded);
	(void)pthread_barrier_wait(&hoarded);
	return NULL;
}

static void at_limit(void)
{
	memward_policy policy = MEMWARD_POLICY_INIT;
	memward_ward *ward = NULL;
	pthread_t thread;
	void *secret;

	mark("open");
	policy.limit = 4 * memward_sys_page_size();
	try(memward_open(&policy, &ward), "open");
	mark("rest");
	if (pthread_barrier_init(&hoarded, NULL, 2) != 0 ||
	    pthread_create(&thread, NULL, hoard, ward) != 0)
		return;
	(void)pthread_barrier_wait(&hoarded);
	mark("limit");
	while (memward_new(ward, 32, &secret) == 0)
		;
	mark("rest");
	(void)pthread_barrier_wait(&hoarded);
	(void)pthread_join(thread, NULL);
}

static void plain(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	memward_budget_info budget = {.size = sizeof(budget)};
	memward_ward *ward;
	void *secret;

	mark("open");
	ward = open_ward(0, MEMWARD_READ_WRITE, MEMWARD_FORK_KEEP);
	mark("pages");
	secret = many(ward);
	guarded(ward);
	try(memward_reserve(ward, 1000, 64), "reserve");
	mark("warm");
	for (int i = 0; i < 100; i++)
		memward_free(memward_alloc(ward, 32));
	try(memward_check_ward(ward), "check");
	memward_check(secret);
	mark("report");
	try(memward_report_ward(ward, &report), "report");
	try(memward_report_secret(secret, &report), "report");
	try(memward_report_process(&report), "report");
	mark("budget");
	try(memward_budget(ward, 32, &budget), "budget");
	mark("call");
	try(memward_call(ward, nothing, NULL), "call");
	mark("warm");
	try(memward_call(ward, nothing, NULL), "call");
	in_child(ward, "child-keep", secret);
	mark("close");
	try(memward_close(ward), "close");
}

static void closed(uint32_t prefer, const char *open_name, const char *name)
{
	memward_ward *ward;
	void *secret = NULL;

	mark(open_name);
	ward = open_ward(prefer, MEMWARD_NO_ACCESS, MEMWARD_FORK_OMIT);
	mark("pages");
	try(memward_reserve(ward, 3000, 32), "reserve");
	try(memward_new(ward, 32, &secret), "new");
	try(memward_begin(ward, MEMWARD_READ_WRITE), "begin");
	try(memward_end(ward), "end");
	mark(name);
	try(memward_begin(ward, MEMWARD_READ_WRITE), "begin");
	try(memward_end(ward), "end");
	memward_free(memward_alloc(ward, 32));
	try(memward_check_ward(ward), "check");
	memward_free(secret);
	mark("close");
	try(memward_close(ward), "close");
}

static void hidden(void)
{
	memward_ward *ward;

	mark("open-hidden");
	ward = open_ward(MEMWARD_HIDDEN, MEMWARD_READ_WRITE, MEMWARD_FORK_OMIT);
	mark("pages-hidden");
	(void)many(ward);
	guarded(ward);
	mark("close");
	try(memward_close(ward), "close");
}

static void children(void)
{
	memward_ward *ward =
	    open_ward(0, MEMWARD_READ_WRITE, MEMWARD_FORK_WIPE);
	void *secret = many(ward);

	guarded(ward);
	in_child(ward, "child-wipe", secret);
}

static void trapped(void)
{
	memward_ward *ward =
	    open_ward(MEMWARD_TRAP_FREE, MEMWARD_READ_WRITE, MEMWARD_FORK_KEEP);
	void *secret = memward_alloc_guarded(ward, 32, 1);

	mark("protect");
	try(memward_protect(secret, MEMWARD_NO_ACCESS), "protect");
	memward_check(secret);
	try(memward_protect(secret, MEMWARD_READ_ONLY), "protect");
	memward_free(secret);
	memward_free(memward_alloc_guarded(ward, 32, 1));
}

static void sealing(void)
{
	memward_sealed *sealed = NULL;
	memward_stream *stream = NULL;
	void *secret = memward_alloc(NULL, 32);

	mark("seal");
	if (memward_seal(secret, NULL, 0, &sealed) == 0)
		try(memward_unseal_into(sealed, NULL, 0, secret), "unseal");
	try(memward_rekey(), "rekey");
	memward_sealed_free(sealed);
	if (memward_stream_open(NULL, 0, &stream) == 0)
		try(memward_stream_write(stream, own, sizeof(own)), "write");
	memward_stream_free(stream);
}

/* A file of its own, which is gone when all is closed. */
static void input(void)
{
	char path[] = "/tmp/memward-calls-XXXXXX";
	char text[] = "taken";
	void *secret;
	int ends[2];
	int file;

	mark("rest");
	file = mkstemp(path);
	if (file == -1 || pipe(ends) != 0 || write(file, "a\nb", 3) != 3 ||
	    write(ends[1], "a\nb", 3) != 3 || close(ends[1]) != 0)
		exit(1);
	try(memward_reserve(NULL, 100, 32), "reserve");
	mark("read-file");
	try(memward_read_file(NULL, path, MEMWARD_FILE_PRIVATE, 10, &secret),
	    "read file");
	mark("read-fd");
	try(memward_read_fd(NULL, ends[0], '\n', 10, &secret), "read fd");
	try(memward_read_fd(NULL, ends[0], MEMWARD_TO_END, 10, &secret),
	    "read fd");
	mark("take");
	try(memward_take(NULL, text, 5, &secret), "take");
	mark("random");
	try(memward_new_random(NULL, 32, &secret), "random");
	mark("rest");
	(void)close(file);
	(void)close(ends[0]);
	(void)unlink(path);
}

static void output(void)
{
	void *secret = memward_alloc(NULL, 32);
	int ends[2];
	int fd;

	if (secret == NULL || pipe(ends) != 0)
		exit(1);
	mark("write-fd");
	try(memward_write_fd(secret, 32, ends[1], NULL), "write");
	mark("hand-pipe");
	try(memward_hand_pipe(secret, 32, &fd), "hand");
	mark("hand-hidden");
	if (memward_hand_hidden(secret, 32, &fd) == 0) {
		mark("take-hidden");
		try(memward_take_hidden(NULL, fd, &secret), "take hidden");
	}
	mark("signals");
	try(memward_wipe_on_signals(NULL, 0), "signals");
	memward_leave_signals();
	mark("rest");
}

static void panicking(void)
{
	pid_t child;

	/* What fork itself does in the child, first. */
	mark("child-wipe");
	child = fork();
	if (child == 0) {
		mark("panic");
		memward_panic(NULL);
	}
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	mark("rest");
}

static void platform(void)
{
	memward_sys_info info = MEMWARD_SYS_INFO_INIT;
	void *mem = NULL;
	size_t page = memward_sys_page_size();

	mark("sys-alloc");
	try(memward_sys_alloc(page, &mem), "alloc");
	mark("sys-lock");
	try(memward_sys_lock(mem, page), "lock");
	try(memward_sys_unlock(mem, page), "unlock");
	mark("sys-protect");
	try(memward_sys_protect(mem, page, MEMWARD_READ_ONLY), "protect");
	try(memward_sys_protect(mem, page, MEMWARD_READ_WRITE), "protect");
	mark("sys-fork-rule");
	try(memward_sys_set_fork_rule(mem, page, MEMWARD_FORK_WIPE), "rule");
	mark("sys-free");
	try(memward_sys_free(mem, page), "free");
	mark("sys-query");
	try(memward_sys_query(&info), "query");
	mark("sys-cores");
	try(memward_sys_disable_core_dumps(), "cores");
}

int main(void)
{
	char random[32];

	mark("start");
	memward_free(memward_alloc(NULL, 32));
	plain();
	closed(0, "open", "window");
	closed(MEMWARD_KEYED, "open-keyed", "window-keyed");
	hidden();
	at_limit();
	children();
	trapped();
	sealing();
	mark("range");
	try(memward_lock_range(own, sizeof(own)), "lock");
	try(memward_unlock_range(own, sizeof(own)), "unlock");
	mark("random");
	try(memward_random(random, sizeof(random)), "random");
	input();
	output();
	panicking();
	platform();
	mark("wipe-all");
	(void)memward_wipe_all();
	/* Last: whoever is hardened shows a tracer no more marks. */
	mark("harden");
	try(memward_harden((1u << MEMWARD_HARDEN_COUNT) - 1, NULL), "harden");
	return 0;
}
