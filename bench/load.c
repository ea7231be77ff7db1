/* SPDX-License-Identifier: MIT */
/* Finds the contenders and loads one of them where it is measured. */
#define _GNU_SOURCE

#include "bench.h"
#include "memward.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Modules in the order of the table: the yardstick and memward first. */
static const struct {
	const char *file;
	const char *package;
} modules[] = {
    {"glibc", ""},
    {"memward", ""},
    {"memward_hidden", ""},
    {"memward_guarded", ""},
    {"memward_trap_free", ""},
    {"sodium_shim", ""},
    {"sodium_shim_trap_free", ""},
    {"malloc", ""},
    {"mimalloc", "libmimalloc-dev"},
    {"openssl", "libssl-dev"},
    {"openssl_adapter", "libssl-dev"},
    {"openssl_shim", "libssl-dev"},
    {"libgcrypt", "libgcrypt20-dev"},
    {"botan", "libbotan-2-dev and a C++ compiler"},
    {"sodium_mlock", "libsodium-dev"},
    {"sodium", "libsodium-dev"},
};
#define MODULES (sizeof(modules) / sizeof(modules[0]))

/* Copies of what the modules say of themselves: they are not kept loaded. */
static struct contender found[MODULES];
static size_t found_module[MODULES];
static char names[MODULES][32];
static char calls[MODULES][96];
static size_t found_count;
static char missing[MODULES][160];
static size_t missing_count;

static void *open_module(size_t index)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s.so", bench_settings.modules,
	    modules[index].file);
	/* Local, so that a library that has its own malloc keeps it. */
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* What a module says of itself, asked in a process of its own. */
struct introduction {
	bool here;
	bool guarded;
	bool wipes;
	char name[32];
	char calls[96];
};

static void introduce(size_t index, struct introduction *who)
{
	void *module = open_module(index);
	const struct contender *c =
	    module == NULL ? NULL : dlsym(module, CONTENDER_SYMBOL);

	if (c == NULL)
		return;
	who->here = true;
	who->guarded = c->guarded;
	who->wipes = c->wipe != NULL;
	(void)snprintf(who->name, sizeof(who->name), "%s", c->name);
	(void)snprintf(who->calls, sizeof(who->calls), "%s", c->calls);
}

/* In a child: loading a library may already change this process. */
static bool ask(size_t index, struct introduction *who)
{
	int ends[2];
	pid_t pid;
	bool answered;

	memset(who, 0, sizeof(*who));
	if (pipe(ends) != 0 || (pid = fork()) < 0)
		return false;
	if (pid == 0) {
		introduce(index, who);
		_exit(write(ends[1], who, sizeof(*who)) < 0);
	}
	(void)close(ends[1]);
	answered = read(ends[0], who, sizeof(*who)) == sizeof(*who);
	(void)close(ends[0]);
	(void)waitpid(pid, NULL, 0);
	return answered && who->here;
}

static void remember(size_t index, const struct introduction *who)
{
	struct contender *c = &found[found_count];

	memcpy(names[found_count], who->name, sizeof(who->name));
	memcpy(calls[found_count], who->calls, sizeof(who->calls));
	c->name = names[found_count];
	c->calls = calls[found_count];
	c->guarded = who->guarded;
	/* Only whether there is one: the function is in another process. */
	c->wipe = who->wipes ? memward_wipe : NULL;
	found_module[found_count++] = index;
}

size_t bench_find_contenders(void)
{
	struct introduction who;

	for (size_t i = 0; i < MODULES; i++) {
		if (ask(i, &who)) {
			remember(i, &who);
			continue;
		}
		(void)snprintf(missing[missing_count++], sizeof(missing[0]),
		    "%s: not built, for want of %s", modules[i].file,
		    modules[i].package);
	}
	return found_count;
}

size_t bench_contender_count(void)
{
	return found_count;
}

const struct contender *bench_contender_at(size_t index)
{
	return &found[index];
}

const char *bench_missing_at(size_t index)
{
	return index < missing_count ? missing[index] : NULL;
}

/* Botan makes its pool when it is loaded and asks the environment how large. */
static void prepare_environment(const struct contender_need *need)
{
	size_t bytes =
	    need->limit != 0 ? need->limit : need->count * (need->len + 16) * 2;
	char text[32];

	/* What it takes by itself, at the least. */
	if (need->limit == 0 && bytes < 512 * 1024)
		bytes = 512 * 1024;
	(void)snprintf(text, sizeof(text), "%zu", bytes);
	(void)setenv("BOTAN_MLOCK_POOL_SIZE", text, 1);
}

const struct contender *bench_load(const char *name,
    const struct contender_need *need, struct bench_outcome *outcome)
{
	const struct contender *c;
	const char *why = "";
	void *module = NULL;

	prepare_environment(need);
	for (size_t i = 0; i < found_count; i++) {
		if (strcmp(found[i].name, name) == 0)
			module = open_module(found_module[i]);
	}
	c = module == NULL ? NULL : dlsym(module, CONTENDER_SYMBOL);
	if (c != NULL && c->open(need, &why))
		return c;
	outcome->value = (double)NAN;
	(void)snprintf(outcome->note, sizeof(outcome->note), "%s",
	    c == NULL ? "cannot be loaded" : why);
	return NULL;
}
