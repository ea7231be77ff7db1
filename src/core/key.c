/* SPDX-License-Identifier: MIT */
#include "key.h"

#include "cpu/keys.h"

/* Bit per key: of a ward, or of pages that a closed ward could not give up. */
static _Atomic uint32_t keys;

/* Gives the calling thread an access. Its rights before that. */
static uint64_t set_access(int key, memward_access access)
{
	uint64_t before = mw_cpu_rights();
	uint64_t after = mw_cpu_rights_with(before, key, access);

	/* Writing the register costs more than reading it. */
	if (after != before)
		mw_cpu_set_rights(after);
	return before;
}

int mw_key_take(memward_ward *ward)
{
	int key;
	int rc = mw_sys_key_take(&key);

	if (rc != 0)
		return rc;
	ward->kind.key = key;
	ward->key_stays = false;
	atomic_fetch_or(&keys, UINT32_C(1) << key);
	return 0;
}

void mw_key_give(memward_ward *ward)
{
	int key = ward->kind.key;

	if (key == 0)
		return;
	mw_key_forfeit(ward);
	mw_key_restore(ward);
	ward->kind.key = 0;
	if (ward->key_stays)
		return;
	atomic_fetch_and(&keys, ~(UINT32_C(1) << key));
	/* Were it refused, the key would be lost, and nothing else. */
	(void)mw_sys_key_give(key);
}

void mw_key_open(memward_ward *ward)
{
	if (mw_key_has(ward))
		ward->rights = set_access(ward->kind.key, MEMWARD_READ_WRITE);
}

void mw_key_restore(memward_ward *ward)
{
	if (mw_key_has(ward))
		mw_cpu_set_rights(ward->rights);
}

void mw_key_lock(memward_ward *ward)
{
	mw_mutex_lock(&ward->lock);
	mw_key_open(ward);
}

void mw_key_unlock(memward_ward *ward)
{
	mw_key_restore(ward);
	mw_mutex_unlock(&ward->lock);
}

void mw_key_forfeit(memward_ward *ward)
{
	if (mw_key_has(ward))
		ward->rights = mw_cpu_rights_with(
		    ward->rights, ward->kind.key, MEMWARD_NO_ACCESS);
}

static memward_access allowed(const struct mw_cache *cache)
{
	if (cache->writers != 0)
		return MEMWARD_READ_WRITE;
	return atomic_load_explicit(&cache->depth, memory_order_relaxed) != 0
		   ? MEMWARD_READ_ONLY
		   : MEMWARD_NO_ACCESS;
}

void mw_key_apply(const memward_ward *ward, const struct mw_cache *cache)
{
	(void)set_access(ward->kind.key, allowed(cache));
}

bool mw_key_open_all(uint64_t *before)
{
	uint32_t all = atomic_load(&keys);
	uint64_t rights;

	if (all == 0)
		return false;
	rights = *before = mw_cpu_rights();
	for (int key = 0; key < 32; key++) {
		if ((all >> key & 1) != 0)
			rights =
			    mw_cpu_rights_with(rights, key, MEMWARD_READ_WRITE);
	}
	mw_cpu_set_rights(rights);
	return true;
}

void mw_key_restore_all(uint64_t before)
{
	mw_cpu_set_rights(before);
}
