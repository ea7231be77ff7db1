/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <stdio.h>
#include <string.h>

void page_size_is_a_power_of_two(void)
{
	size_t page = memward_sys_page_size();

	CHECK(page >= 4096);
	CHECK_INT(page & (page - 1), 0);
	CHECK_INT(query().page_size, page);
}

void query_refuses_a_small_struct(void)
{
	const size_t sizes[] = {0, 1, sizeof(memward_sys_info) - 1};

	for (size_t i = 0; i < TEST_COUNT(sizes); i++) {
		memward_sys_info info;
		memward_sys_info before;

		memset(&info, FILLED, sizeof(info));
		info.size = sizes[i];
		memcpy(&before, &info, sizeof(info));
		CHECK_CODE(memward_sys_query(&info), MEMWARD_EVALUE);
		CHECK(memcmp(&before, &info, sizeof(info)) == 0);
	}
}

void query_leaves_what_lies_behind_the_struct(void)
{
	struct {
		memward_sys_info info;
		unsigned char later[64];
	} grown;

	memset(&grown, FILLED, sizeof(grown));
	grown.info.size = sizeof(grown);
	CHECK_CODE(memward_sys_query(&grown.info), 0);
	CHECK_INT(grown.info.size, sizeof(grown));
	for (size_t i = 0; i < sizeof(grown.later); i++)
		CHECK_INT(grown.later[i], FILLED);
}

void query_gives_a_reason_for_what_is_missing(void)
{
	memward_sys_info info = query();

	CHECK(info.system != NULL && info.system[0] != '\0');
	CHECK_INT(info.granted >> MEMWARD_SYS_FEATURE_COUNT, 0);
	for (size_t i = 0; i < MEMWARD_SYS_FEATURE_COUNT; i++) {
		bool granted = (info.granted >> i & 1) != 0;

		CHECK_INT(info.reason[i] == 0, granted);
		CHECK(strcmp(memward_error_name(info.reason[i]),
			  "MEMWARD_UNKNOWN") != 0);
		if (granted)
			CHECK_INT(info.system_error[i], 0);
	}
}

void query_answers_the_same_again(void)
{
	memward_sys_info first = query();
	memward_sys_info second = query();

	CHECK_INT(first.granted, second.granted);
	CHECK_INT(first.lock_limit == second.lock_limit, 1);
	CHECK_STR(first.system, second.system);
	CHECK(memcmp(first.reason, second.reason, sizeof(first.reason)) == 0);
}

void features_have_names(void)
{
	static const uint32_t none[] = {
	    0, 3, UINT32_C(1) << MEMWARD_SYS_FEATURE_COUNT, UINT32_MAX};

	for (size_t i = 0; i < MEMWARD_SYS_FEATURE_COUNT; i++) {
		const char *name = memward_sys_feature_name(UINT32_C(1) << i);

		CHECK(name != NULL && name[0] != '\0');
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(name, memward_sys_feature_name(
					       UINT32_C(1) << j)) != 0);
	}
	CHECK_STR(memward_sys_feature_name(MEMWARD_SYS_LOCK), "lock");
	for (size_t i = 0; i < TEST_COUNT(none); i++)
		CHECK(memward_sys_feature_name(none[i]) == NULL);
}

struct error_entry {
	int code;
	const char *name;
};

#define ERROR_ENTRY(name, number, text) {name, #name},
static const struct error_entry errors[] = {MEMWARD_ERRORS(ERROR_ENTRY)};

void errors_have_distinct_names_numbers_sentences(void)
{
	for (size_t i = 0; i < TEST_COUNT(errors); i++) {
		const char *text = memward_error_text(errors[i].code);

		CHECK(errors[i].code < 0);
		CHECK_STR(memward_error_name(errors[i].code), errors[i].name);
		CHECK(strlen(text) > 10);
		for (size_t j = 0; j < i; j++) {
			CHECK(errors[j].code != errors[i].code);
			CHECK(strcmp(memward_error_text(errors[j].code),
				  text) != 0);
		}
	}
	CHECK_STR(memward_error_name(0), "MEMWARD_OK");
	CHECK_STR(memward_error_name(1), "MEMWARD_UNKNOWN");
	CHECK_STR(memward_error_name(-9999), "MEMWARD_UNKNOWN");
	CHECK(strlen(memward_error_text(-9999)) > 10);
}

void version_is_that_of_the_header(void)
{
	char version[32];

	(void)snprintf(version, sizeof(version), "%d.%d.%d",
	    MEMWARD_VERSION_MAJOR, MEMWARD_VERSION_MINOR,
	    MEMWARD_VERSION_PATCH);
	CHECK_STR(memward_version(), version);
}
