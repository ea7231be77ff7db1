/* SPDX-License-Identifier: MIT */
#include "contract.h"

static void need_fork(void)
{
	unsigned char byte = FILLED;

	if (support_fork_view(&byte, 1, byte, 1) == FORK_UNTESTABLE)
		TEST_SKIP("this system has no fork to look from");
}

static void set_rule(unsigned char *mem, size_t count, memward_fork_rule rule)
{
	CHECK_CODE(memward_sys_set_fork_rule(
		       mem, count * memward_sys_page_size(), rule),
	    0);
}

static void check_view(const unsigned char *mem, enum fork_view expected)
{
	size_t page = memward_sys_page_size();

	CHECK_INT(support_fork_view(mem, page, FILLED, 1), expected);
	CHECK_INT(support_fork_view(mem, page, FILLED, 2), expected);
}

void fork_keeps_by_default(void)
{
	unsigned char *mem;
	int rc;

	need_fork();
	mem = new_pages(1);
	check_view(mem, FORK_SAME);
	/* It is so already, but a system without the call cannot promise it. */
	rc = memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_KEEP);
	if (rc != MEMWARD_EUNSUPPORTED)
		CHECK_CODE(rc, 0);
	check_view(mem, FORK_SAME);
	free_pages(mem, 1);
}

static void check_rule(memward_sys_feature feature, memward_fork_rule rule,
    enum fork_view expected)
{
	unsigned char *mem;

	need_fork();
	need_feature(feature);
	mem = new_pages(2);
	set_rule(mem, 2, rule);
	check_view(mem, expected);
	check_view(page_at(mem, 1), expected);
	/* The parent keeps what it has. */
	CHECK(holds(mem, 2, FILLED));
	free_pages(mem, 2);
}

void fork_omits_on_request(void)
{
	check_rule(MEMWARD_SYS_FORK_OMIT, MEMWARD_FORK_OMIT, FORK_FAULTED);
}

void fork_wipes_on_request(void)
{
	check_rule(MEMWARD_SYS_FORK_WIPE, MEMWARD_FORK_WIPE, FORK_ZEROS);
}

static void check_keep_after(
    memward_sys_feature feature, memward_fork_rule rule, enum fork_view before)
{
	unsigned char *mem;
	int rc;

	if ((query().granted & (uint32_t)feature) == 0)
		return;
	mem = new_pages(1);
	set_rule(mem, 1, rule);
	rc = memward_sys_set_fork_rule(mem, 1, MEMWARD_FORK_KEEP);
	if (rc == MEMWARD_EUNSUPPORTED) {
		/* For good, on some systems: then the rule still holds. */
		check_view(mem, before);
	} else {
		CHECK_CODE(rc, 0);
		check_view(mem, FORK_SAME);
	}
	free_pages(mem, 1);
}

void fork_keeps_again_on_request(void)
{
	need_fork();
	check_keep_after(
	    MEMWARD_SYS_FORK_OMIT, MEMWARD_FORK_OMIT, FORK_FAULTED);
	check_keep_after(MEMWARD_SYS_FORK_WIPE, MEMWARD_FORK_WIPE, FORK_ZEROS);
}

static void check_change(
    memward_fork_rule first, memward_fork_rule second, enum fork_view expected)
{
	unsigned char *mem;

	need_fork();
	need_feature(MEMWARD_SYS_FORK_OMIT);
	need_feature(MEMWARD_SYS_FORK_WIPE);
	mem = new_pages(1);
	set_rule(mem, 1, first);
	set_rule(mem, 1, second);
	check_view(mem, expected);
	free_pages(mem, 1);
}

void fork_wipes_what_was_to_be_omitted(void)
{
	check_change(MEMWARD_FORK_OMIT, MEMWARD_FORK_WIPE, FORK_ZEROS);
}

void fork_omits_what_was_to_be_wiped(void)
{
	check_change(MEMWARD_FORK_WIPE, MEMWARD_FORK_OMIT, FORK_FAULTED);
}

void fork_rule_of_a_part_leaves_the_rest(void)
{
	bool omits = (query().granted & MEMWARD_SYS_FORK_OMIT) != 0;
	unsigned char *mem;

	need_fork();
	if (!omits)
		need_feature(MEMWARD_SYS_FORK_WIPE);
	mem = new_pages(3);
	set_rule(
	    page_at(mem, 1), 1, omits ? MEMWARD_FORK_OMIT : MEMWARD_FORK_WIPE);
	check_view(mem, FORK_SAME);
	check_view(page_at(mem, 1), omits ? FORK_FAULTED : FORK_ZEROS);
	check_view(page_at(mem, 2), FORK_SAME);
	free_pages(mem, 3);
}

/* What the query denies is refused for its reason; the old rule holds. */
static void check_refused(memward_sys_feature feature, memward_fork_rule rule)
{
	unsigned char *mem = new_pages(1);
	enum fork_view view;
	int reason = reason_against(feature);

	CHECK_CODE(memward_sys_set_fork_rule(mem, 1, rule), reason);
	if (reason != 0) {
		view =
		    support_fork_view(mem, memward_sys_page_size(), FILLED, 1);
		CHECK(view == FORK_SAME || view == FORK_UNTESTABLE);
	}
	CHECK(holds(mem, 1, FILLED));
	free_pages(mem, 1);
}

void fork_rule_refused_changes_nothing(void)
{
	check_refused(MEMWARD_SYS_FORK_OMIT, MEMWARD_FORK_OMIT);
	check_refused(MEMWARD_SYS_FORK_WIPE, MEMWARD_FORK_WIPE);
}
