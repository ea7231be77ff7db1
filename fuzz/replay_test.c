/* SPDX-License-Identifier: MIT */
/* Runs the inputs of the tree's corpus, with any compiler. */
#include "fuzz.h"

#include "harness.h"

#include <dirent.h>

/*
 * Inputs in the tree are small: one longer than INPUT_MAX, which the build
 * gives, does not belong there.
 */
#define FEWEST 10

static void replay(const char *folder, const char *name)
{
	unsigned char input[INPUT_MAX + 1];
	char path[1024];
	FILE *file;
	size_t len;

	CHECK((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) <
	      sizeof(path));
	file = fopen(path, "rb");
	if (file == NULL)
		TEST_FAIL("cannot read %s", path);
	len = fread(input, 1, sizeof(input), file);
	(void)fclose(file);
	if (len > INPUT_MAX)
		TEST_FAIL("%s is longer than %d bytes", name, INPUT_MAX);
	CHECK_INT(LLVMFuzzerTestOneInput(input, len), 0);
}

static void the_whole_corpus_runs_well(void)
{
	DIR *folder = opendir(CORPUS);
	const struct dirent *entry;
	int inputs = 0;

	if (folder == NULL)
		TEST_FAIL("cannot read %s", CORPUS);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		replay(CORPUS, entry->d_name);
		inputs++;
	}
	(void)closedir(folder);
	CHECK(inputs >= FEWEST);
}

static const struct test_case cases[] = {
    TEST_CASE(the_whole_corpus_runs_well),
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, cases, TEST_COUNT(cases));
}
