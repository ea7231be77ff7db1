/* SPDX-License-Identifier: MIT */
/* Secrets in wards, as a program that links memward has them. */
#include "cli.h"
#include "victim.h"

/* Wards as the presets have them, but for what the hold says. */
static int open_ward(struct victim *victim, size_t i)
{
	const struct hold *hold = &victim->hold;
	memward_policy policy = MEMWARD_POLICY_INIT;
	int code = memward_policy_preset(
	    &policy, hold->locked ? MEMWARD_SERVER : MEMWARD_CONTAINER);

	if (code != 0)
		return code;
	/* It is the library that is attacked, not its operator's wishes. */
	policy.flags |= MEMWARD_FIXED;
	/* Where it cannot be had, the other attacks can still be run. */
	if (!hold->cores) {
		policy.require &= ~(uint32_t)MEMWARD_NO_DUMP;
		policy.prefer |= MEMWARD_NO_DUMP;
	}
	if (hold->fork != 0)
		policy.fork = hold->fork;
	if (hold->closed)
		policy.rest = MEMWARD_NO_ACCESS;
	if (hold->hidden) {
		policy.require |= MEMWARD_HIDDEN;
		policy.fork = MEMWARD_FORK_OMIT;
	}
	if (hold->keyed)
		policy.require |= MEMWARD_KEYED;
	if (hold->trap_free)
		policy.require |= MEMWARD_TRAP_FREE;
	return memward_open(&policy, &victim->wards[i]);
}

static int new_secret(const struct victim *victim, memward_ward *ward,
    size_t len, unsigned char **secret)
{
	void *mem = NULL;
	int code = victim->hold.store == STORE_GUARDED
		       ? memward_new_guarded(ward, len, 1, &mem)
		       : memward_new(ward, len, &mem);

	*secret = mem;
	return code;
}

struct place {
	unsigned char *secret;
	memward_ward *ward;
};

static bool check_opened(const struct victim *victim, int code)
{
	if (code == MEMWARD_EUNSUPPORTED && victim->hold.keyed)
		return victim_unable("protection keys", "",
		    "the processor or the kernel has none");
	return victim_check("memward_open", code);
}

static bool take_places(
    struct victim *victim, struct place *places, size_t count)
{
	size_t wards = victim->hold.company == STRANGERS ? count : 1;

	for (size_t i = 0; i < count; i++) {
		struct place *place = &places[i];

		if (i < wards && !check_opened(victim, open_ward(victim, i)))
			return false;
		place->ward = victim->wards[i % wards];
		if (!victim_check(
			"memward_new", new_secret(victim, place->ward,
					   victim->len, &place->secret)))
			return false;
	}
	return true;
}

static void order_by_address(struct place *places, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t j = i; j > 0; j--) {
			struct place upper = places[j];

			if (places[j - 1].secret < upper.secret)
				break;
			places[j] = places[j - 1];
			places[j - 1] = upper;
		}
	}
}

bool ward_take(struct victim *victim)
{
	struct place places[WARDS_MAX];
	bool alone = victim->hold.company == ALONE;
	struct place *own = &places[alone ? 0 : 1];

	if (!take_places(victim, places, alone ? 1 : WARDS_MAX))
		return false;
	if (!alone) {
		order_by_address(places, WARDS_MAX);
		victim->below = places[0].secret + victim->len - 1;
		victim->above = places[2].secret;
	}
	victim->secret = own->secret;
	victim->ward = own->ward;
	return true;
}

bool ward_begin(struct victim *victim)
{
	return victim_check(
	    "memward_begin", memward_begin(victim->ward, MEMWARD_READ_WRITE));
}

bool ward_end(struct victim *victim)
{
	return victim_check("memward_end", memward_end(victim->ward));
}

bool ward_settle(struct victim *victim)
{
	return victim->hold.access == 0 ||
	       victim_check("memward_protect",
		   memward_protect(victim->secret, victim->hold.access));
}

bool ward_free(struct victim *victim)
{
	if (!peek_join_errors())
		return victim_unable("joining errors", "", peek_error());
	memward_free(victim->secret);
	return victim_done();
}

/* More than the library keeps back before it hands a place out again. */
#define REUSE_MAX 256

bool ward_reuse(struct victim *victim)
{
	unsigned char *secret = NULL;

	if (!peek_join_errors())
		return victim_unable("joining errors", "", peek_error());
	for (int i = 0; i < REUSE_MAX && secret != victim->secret; i++) {
		if (!victim_check("memward_new",
			new_secret(victim, victim->ward, victim->len, &secret)))
			return false;
	}
	if (secret != victim->secret)
		return victim_unable(
		    "memward_new", "", "it never gave the place again");
	return victim_done();
}

bool ward_resize(struct victim *victim)
{
	uint64_t before = victim_fingerprint(victim->secret, victim->len);
	void *secret = victim->secret;
	uint64_t after;

	if (!victim_check("memward_resize",
		memward_resize(&secret, 2 * victim->len + MARGIN)))
		return false;
	after = victim_fingerprint(secret, victim->len);
	if (after != before)
		return victim_unable("memward_resize", "", "it lost bytes");
	/* What is found from now on was left behind. */
	memward_wipe(secret, victim->len);
	return victim_done();
}

bool ward_check(struct victim *victim)
{
	if (!peek_join_errors())
		return victim_unable("joining errors", "", peek_error());
	memward_check(victim->secret);
	return victim_done();
}

bool ward_close(struct victim *victim)
{
	return victim_check("memward_close", memward_close(victim->ward)) &&
	       victim_done();
}

bool ward_wipe_all(struct victim *victim)
{
	(void)victim;
	if (memward_wipe_all() != 0)
		return victim_unable(
		    "memward_wipe_all", "", "not all is wiped");
	return victim_done();
}

bool ward_open_to_read(struct victim *victim)
{
	const volatile unsigned char *first = victim->secret;

	if (!victim_check("memward_begin",
		memward_begin(victim->ward, MEMWARD_READ_ONLY)))
		return false;
	(void)*first;
	return victim_done();
}

static bool tell_last(const struct victim *victim, const unsigned char *last,
    struct fill_account *account)
{
	memward_report report = MEMWARD_REPORT_INIT;

	if (!victim_check(
		"memward_report_secret", memward_report_secret(last, &report)))
		return false;
	account->address = (uintptr_t)last;
	if (victim->hold.deny_no_dump)
		account->told =
		    (report.obtained & MEMWARD_NO_DUMP) == 0 ? report.pages : 0;
	else if ((report.obtained & MEMWARD_LOCKED) == 0)
		account->told = report.pages_unlocked;
	return true;
}

/* More secrets than any page that is locked already has room for. */
#define FILL_PAGES 64

bool ward_fill(struct victim *victim)
{
	size_t pages = FILL_PAGES * memward_sys_page_size();
	unsigned char *last = victim->secret;
	memward_ward *ward = victim->ward;
	struct fill_account account = {0};

	if (!leak_take_away(victim))
		return false;
	/* What a ward was opened with, it keeps or refuses: so a new one. */
	if (victim->hold.deny_locks || victim->hold.deny_no_dump) {
		account.code = open_ward(victim, WARDS_MAX - 1);
		ward = victim->wards[WARDS_MAX - 1];
	}
	for (size_t got = 0; account.code == 0 && got < pages;
	     got += victim->len) {
		unsigned char *secret;

		account.code = new_secret(victim, ward, victim->len, &secret);
		if (account.code != 0)
			break;
		last = secret;
	}
	return tell_last(victim, last, &account) &&
	       victim_say(SAYS_ACCOUNT, &account, sizeof(account)) &&
	       victim_done();
}

bool ward_interrupt(struct victim *victim)
{
	void *mem;
	bool done;

	if (!victim_check(
		"memward_new", memward_new(victim->ward, victim->len, &mem)))
		return false;
	done = leak_interrupt(victim, mem);
	memward_free(mem);
	return done;
}
