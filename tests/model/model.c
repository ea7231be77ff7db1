/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define RECORDS 4096

static struct model_record records[RECORDS];
static size_t count;

/* The call that is to fail, counted from 0; SIZE_MAX: none. */
static size_t fail_at = SIZE_MAX;
static int fail_with;
static bool fail_onward;
static bool failed;
/* The name of which all calls are to fail. */
static bool fail_name_set;
static enum model_name fail_name;

struct model_state model_state;
struct model_process model_process;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void model_enter(void)
{
	(void)pthread_mutex_lock(&mutex);
}

void model_leave(void)
{
	(void)pthread_mutex_unlock(&mutex);
}

static void leave_in_child(void)
{
	model_pages_after_fork();
	model_leave();
}

/* Before main: the backend's handlers then wrap around the model's. */
__attribute__((constructor)) static void start(void)
{
	if (pthread_atfork(model_enter, model_leave, leave_in_child) != 0)
		abort();
	model_reset();
}

static uint64_t host_lock_limit(void)
{
	const char *wish = getenv("MODEL_LOCK_LIMIT");
	struct rlimit limit;

	if (wish != NULL)
		return strtoull(wish, NULL, 10);
	/* A cap of the project is nothing that a test's shell can set. */
	if (model_system->rlimit_memlock == 0)
		return UINT64_MAX;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}

void model_reset(void)
{
	int files = model_state.open_files;

	memset(&model_state, 0, sizeof(model_state));
	model_state.open_files = files;
	model_state.privileged =
	    geteuid() == 0 && getenv("MODEL_UNPRIVILEGED") == NULL;
	model_state.lock_limit = host_lock_limit();
	model_process = (struct model_process){.dumpable = 1};
	count = 0;
	fail_at = SIZE_MAX;
	fail_name_set = false;
	failed = false;
}

void model_fresh(void)
{
	model_reset();
	model_set_privileged(true);
	model_set_lock_limit(UINT64_MAX);
	model_set_core_handler("core");
	model_set_core_limit(UINT64_MAX, UINT64_MAX);
}

int model_injected(enum model_name name)
{
	bool named = fail_name_set && name == fail_name;

	if (!named && count != fail_at && !(fail_onward && count > fail_at))
		return 0;
	failed = true;
	return fail_with;
}

void model_append(const struct model_record *record)
{
	if (count < RECORDS)
		records[count] = *record;
	count++;
}

const char *model_name_of(enum model_name name)
{
	static const char *const names[] = {"mmap", "munmap", "mremap",
	    "mprotect", "madvise", "minherit", "memcntl", "mlock", "munlock",
	    "msync", "setrlimit", "getrlimit", "pipe", "read", "write", "close",
	    "open", "memfd_secret", "ftruncate", "realloc", "random",
	    "membarrier", "atfork", "key_create", "setspecific", "prctl",
	    "procctl", "sysctl", "ptrace", "setpflags", "mimmutable",
	    "pkey_alloc", "pkey_free", "pkey_mprotect"};

	return names[name];
}

size_t model_count(void)
{
	return count;
}

const struct model_record *model_record(size_t i)
{
	/* A test that looks beyond the record has a mistake of its own. */
	if (i >= count || i >= RECORDS)
		abort();
	return &records[i];
}

size_t model_find(enum model_name name, size_t i)
{
	while (i < count && records[i].name != name)
		i++;
	return i;
}

void model_fail(size_t nth, int err, bool onward)
{
	fail_at = count + nth;
	fail_with = err;
	fail_onward = onward;
	failed = false;
}

void model_fail_all(enum model_name name, int err)
{
	fail_name = name;
	fail_name_set = true;
	fail_with = err;
	failed = false;
}

void model_fail_no_more(void)
{
	fail_at = SIZE_MAX;
	fail_name_set = false;
}

bool model_has_failed(void)
{
	return failed;
}

void model_set_privileged(bool privileged)
{
	model_state.privileged = privileged;
}

void model_set_lock_limit(uint64_t bytes)
{
	model_state.lock_limit = bytes;
}

void model_lock_hidden_late(bool late)
{
	model_state.hidden_late = late;
}

void model_set_setuid(bool setuid)
{
	model_state.setuid = setuid;
}

void model_refuse(int number)
{
	model_state.refused = number;
}

void model_pledge(void)
{
	model_state.pledged = true;
}

void model_set_core_handler(const char *pattern)
{
	model_state.core_handler_set = true;
	model_state.core_handler = pattern;
}

void model_set_core_limit(uint64_t soft, uint64_t hard)
{
	model_state.core_limit_set = true;
	model_state.core_soft = soft;
	model_state.core_hard = hard;
}

void model_get_core_limit(uint64_t *soft, uint64_t *hard)
{
	*soft = model_state.core_soft;
	*hard = model_state.core_hard;
}

size_t model_page_size(void)
{
	return model_page_bytes();
}

size_t model_mapped_pages(void)
{
	return model_pages_mapped();
}

size_t model_locked_pages(void)
{
	return model_pages_locked();
}

unsigned model_lock_count(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p == NULL ? 0 : p->locks;
}

bool model_is_mapped(const void *page)
{
	return model_page_at((uintptr_t)page) != NULL;
}

int model_protection(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	if (p == NULL)
		return -1;
	return p->guarded ? 0 : model_allowed(p);
}

bool model_is_left_out(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p != NULL && p->left_out;
}

bool model_is_space(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p != NULL && p->is_space;
}

bool model_is_permanent(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p != NULL && p->permanent;
}

bool model_is_hidden(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p != NULL && p->hidden;
}

enum model_effect model_child_finds(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	if (p == NULL || p->omitted)
		return MODEL_OMIT;
	return p->zeroed ? MODEL_ZERO : MODEL_COPY;
}

bool model_wipes_at_exit(const void *page)
{
	const struct model_page *p = model_page_at((uintptr_t)page);

	return p != NULL && p->wiped_at_exit;
}

int model_open_files(void)
{
	return model_state.open_files;
}
