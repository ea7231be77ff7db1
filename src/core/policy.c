/* SPDX-License-Identifier: MIT */
#include "policy.h"

#include "mem_sys/store.h"

#include <string.h>

#define ALL_FEATURES ((UINT32_C(1) << MEMWARD_FEATURE_COUNT) - 1)

/* The longest override anybody needs names each feature twice. */
#define OVERRIDE_MOST 512

const char *memward_feature_name(uint32_t feature)
{
	switch (feature) {
#define FEATURE_CASE(name, bit, text) \
	case name:                    \
		return text;
		MEMWARD_FEATURES(FEATURE_CASE)
#undef FEATURE_CASE
	default:
		return NULL;
	}
}

int memward_policy_preset(memward_policy *policy, memward_preset preset)
{
	memward_policy server = MEMWARD_POLICY_INIT;
	size_t size;

	if (policy == NULL)
		return MEMWARD_ENULL;
	if (policy->size < sizeof(server) || preset < MEMWARD_SERVER ||
	    preset > MEMWARD_DESKTOP)
		return MEMWARD_EVALUE;
	size = policy->size;
	if (preset == MEMWARD_STRICT) {
		server.require |= MEMWARD_HIDDEN;
		server.rest = MEMWARD_NO_ACCESS;
		server.fork = MEMWARD_FORK_OMIT;
	} else if (preset == MEMWARD_CONTAINER) {
		server.require &= ~(uint32_t)MEMWARD_LOCKED;
		server.prefer |= MEMWARD_LOCKED;
	} else if (preset == MEMWARD_DESKTOP) {
		server.flags |= MEMWARD_NEVER_HIDDEN;
	}
	*policy = server;
	policy->size = size;
	return 0;
}

int mw_policy_check(const memward_policy *policy)
{
	uint32_t features = policy->require | policy->prefer;

	if (policy->size < sizeof(*policy) || (features & ~ALL_FEATURES) != 0 ||
	    (policy->flags & ~(MEMWARD_FIXED | MEMWARD_NEVER_HIDDEN)) != 0)
		return MEMWARD_EVALUE;
	if (policy->rest != MEMWARD_READ_WRITE &&
	    policy->rest != MEMWARD_NO_ACCESS)
		return MEMWARD_EVALUE;
	if (policy->fork < MEMWARD_FORK_KEEP ||
	    policy->fork > MEMWARD_FORK_WIPE)
		return MEMWARD_EVALUE;
	/* It would block hibernation, which the flag promises not to. */
	if ((policy->flags & MEMWARD_NEVER_HIDDEN) != 0 &&
	    (features & MEMWARD_HIDDEN) != 0)
		return MEMWARD_EVALUE;
	return 0;
}

/* The feature of a word's second half; 0: none. */
static uint32_t feature_named(const char *name, size_t len)
{
	for (unsigned i = 0; i < MEMWARD_FEATURE_COUNT; i++) {
		const char *known = memward_feature_name(UINT32_C(1) << i);

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return UINT32_C(1) << i;
	}
	return 0;
}

static bool begins(const char *word, size_t len, const char *with)
{
	return len > strlen(with) && memcmp(word, with, strlen(with)) == 0;
}

static bool apply_word(
    memward_policy *policy, uint32_t *lowered, const char *word, size_t len)
{
	const char no_hidden[] = "no-hidden";
	uint32_t feature;

	if (len == strlen(no_hidden) && memcmp(word, no_hidden, len) == 0) {
		*lowered |= policy->require & MEMWARD_HIDDEN;
		policy->require &= ~(uint32_t)MEMWARD_HIDDEN;
		policy->prefer &= ~(uint32_t)MEMWARD_HIDDEN;
		policy->flags |= MEMWARD_NEVER_HIDDEN;
		return true;
	}
	if (begins(word, len, "require-")) {
		feature = feature_named(word + 8, len - 8);
		policy->require |= feature;
	} else if (begins(word, len, "prefer-")) {
		feature = feature_named(word + 7, len - 7);
		*lowered |= policy->require & feature;
		policy->require &= ~feature;
		policy->prefer |= feature;
	} else {
		return false;
	}
	/* Hidden memory is never forced on a ward that says never. */
	if ((policy->flags & MEMWARD_NEVER_HIDDEN) != 0 &&
	    feature == MEMWARD_HIDDEN)
		return false;
	return feature != 0;
}

int mw_policy_override(memward_policy *policy, uint32_t *lowered)
{
	const char *word = mw_sys_environment("MEMWARD_POLICY");
	size_t len;

	*lowered = 0;
	if (word == NULL || (policy->flags & MEMWARD_FIXED) != 0)
		return 0;
	if (strlen(word) > OVERRIDE_MOST)
		return MEMWARD_EOVERRIDE;
	while (*word != '\0') {
		len = strcspn(word, ",");
		if (len != 0 && !apply_word(policy, lowered, word, len))
			return MEMWARD_EOVERRIDE;
		word += len + (word[len] == ',' ? 1 : 0);
	}
	return 0;
}
