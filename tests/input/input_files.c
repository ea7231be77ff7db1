/* SPDX-License-Identifier: MIT */
/* Files and credentials. */
#include "input_cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKED MEMWARD_FILE_PRIVATE

static unsigned char bytes[20000];

static void read_files(memward_ward *ward)
{
	const size_t page = page_size();
	const size_t lengths[] = {0, 1, 513, page - 1, page, page + 1, 20000};

	for (unsigned i = 0; i < TEST_COUNT(lengths); i++) {
		size_t len = lengths[i] < 20000 ? lengths[i] : 20000;
		const char *path;
		void *secret = NULL;

		fill(bytes, len, i);
		path = file_with(bytes, len, 0600);
		check_granted(memward_read_file(
		    ward, path, CHECKED | MEMWARD_FILE_NO_LINK, len, &secret));
		expect_pattern(secret, len, i);
		if (len == 0)
			continue;
		secret = NULL;
		CHECK_CODE(memward_read_file(ward, path, 0, len - 1, &secret),
		    MEMWARD_ETOOLONG);
		CHECK(secret == NULL);
	}
	remove_file();
}

void every_size_of_file_is_read(void)
{
	on_every_kind(read_files);
}

void a_file_is_read_from_where_it_is(void)
{
	const char *path = file_with("before after", 12, 0600);
	int fd = open(path, O_RDONLY);
	void *secret = NULL;

	CHECK(fd >= 0);
	CHECK_INT(lseek(fd, 7, SEEK_SET), 7);
	CHECK_CODE(memward_read_fd(NULL, fd, MEMWARD_TO_END, 5, &secret), 0);
	expect_text(secret, "after");
	/* At the end, and behind it. */
	CHECK_CODE(memward_read_fd(NULL, fd, MEMWARD_TO_END, 5, &secret), 0);
	expect_text(secret, "");
	CHECK_INT(lseek(fd, 70, SEEK_SET), 70);
	CHECK_CODE(memward_read_fd(NULL, fd, MEMWARD_TO_END, 5, &secret), 0);
	expect_text(secret, "");
	CHECK_INT(close(fd), 0);
	remove_file();
}

void files_that_say_no_size(void)
{
	static const char path[] = "/proc/self/status";
	struct stat about;
	void *secret = NULL;

	if (stat(path, &about) != 0 || about.st_size != 0)
		TEST_SKIP("%s does not say that it is empty", path);
	CHECK_CODE(memward_read_file(NULL, path, 0, 100000, &secret), 0);
	CHECK(memward_size(secret) > 100);
	memward_free(secret);
}

static void expect_file(const char *path, uint32_t checks, int code)
{
	void *secret = NULL;

	CHECK_CODE(memward_read_file(NULL, path, checks, 100, &secret), code);
	CHECK((secret != NULL) == (code == 0));
	memward_free(secret);
}

void private_files_are_private(void)
{
	static const unsigned others[] = {
	    0640, 0620, 0610, 0604, 0602, 0601, 0777};

	expect_file(file_with("s", 1, 0600), CHECKED, 0);
	expect_file(file_with("s", 1, 0400), CHECKED, 0);
	for (size_t i = 0; i < TEST_COUNT(others); i++) {
		const char *path = file_with("s", 1, others[i]);

		expect_file(path, CHECKED, MEMWARD_EUNSAFE);
		/* The control: it can be read. */
		expect_file(path, 0, 0);
	}
	if (geteuid() == 0) {
		const char *path = file_with("s", 1, 0600);

		CHECK_INT(chown(path, 12345, 0), 0);
		expect_file(path, CHECKED, MEMWARD_EUNSAFE);
		expect_file(path, 0, 0);
	}
	expect_file("/dev/null", CHECKED, MEMWARD_EUNSAFE);
	expect_file("/", CHECKED, MEMWARD_EUNSAFE);
	remove_file();
}

static const char *in_folder(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", file_folder(), name);
	return path;
}

void links_are_refused_if_asked(void)
{
	const char *target = file_with("s", 1, 0600);
	const char *link = in_folder("link");

	CHECK_INT(symlink(target, link), 0);
	expect_file(link, MEMWARD_FILE_NO_LINK, MEMWARD_EUNSAFE);
	expect_file(link, MEMWARD_FILE_NO_LINK | CHECKED, MEMWARD_EUNSAFE);
	expect_file(link, CHECKED, 0);
	expect_file(target, MEMWARD_FILE_NO_LINK, 0);
	CHECK_INT(unlink(link), 0);
	remove_file();
}

void a_fifo_is_refused_at_once(void)
{
	const char *fifo = in_folder("fifo");

	CHECK_INT(mkfifo(fifo, 0600), 0);
	expect_file(fifo, CHECKED, MEMWARD_EUNSAFE);
	CHECK_INT(unlink(fifo), 0);
	remove_file();
}

void files_that_are_not_there(void)
{
	void *secret = NULL;
	const char *path;

	expect_file("/nowhere/at/all", 0, MEMWARD_ENOTFOUND);
	expect_file("/dev/null/below", CHECKED, MEMWARD_ENOTFOUND);
	path = file_with("s", 1, 0);
	if (geteuid() != 0)
		expect_file(path, 0, MEMWARD_EPERM);
	CHECK_CODE(memward_read_file(NULL, NULL, 0, 1, &secret), MEMWARD_ENULL);
	CHECK_CODE(memward_read_file(NULL, path, 0, 1, NULL), MEMWARD_ENULL);
	CHECK_CODE(
	    memward_read_file(NULL, path, 4, 1, &secret), MEMWARD_EVALUE);
	remove_file();
}

void nothing_is_left_open(void)
{
	const char *path = file_with("secret", 6, 0644);
	int before = dup(0);
	int after;

	CHECK(before >= 0);
	CHECK_INT(close(before), 0);
	expect_file(path, 0, 0);
	expect_file(path, CHECKED, MEMWARD_EUNSAFE);
	expect_file("/", 0, MEMWARD_ESYSTEM);
	after = dup(0);
	CHECK_INT(after, before);
	CHECK_INT(close(after), 0);
	remove_file();
}

static void expect_credential(const char *folder, const char *name, int code)
{
	void *secret = NULL;

	CHECK_CODE(
	    memward_read_credential(NULL, folder, name, 100, &secret), code);
	CHECK((secret != NULL) == (code == 0));
	if (code == 0)
		expect_text(secret, "token");
}

void credentials_are_found_by_name(void)
{
	static const char variable[] = "CREDENTIALS_DIRECTORY";

	(void)file_with("token", 5, 0400);
	expect_credential(file_folder(), "secret", 0);
	expect_credential(file_folder(), "other", MEMWARD_ENOTFOUND);
	CHECK_INT(setenv(variable, file_folder(), 1), 0);
	expect_credential(NULL, "secret", 0);
	expect_credential("/nowhere", "secret", MEMWARD_ENOTFOUND);
	CHECK_INT(unsetenv(variable), 0);
	/* /run/secrets, where this name should not be. */
	expect_credential(NULL, "memward-input-test", MEMWARD_ENOTFOUND);
	remove_file();
}

void names_of_credentials_stay_inside(void)
{
	static const char *const names[] = {
	    "", ".", "..", "/etc/passwd", "../secret", "a/b", "secret/"};
	char longest[5000];
	void *secret = NULL;

	(void)file_with("token", 5, 0400);
	for (size_t i = 0; i < TEST_COUNT(names); i++)
		expect_credential(file_folder(), names[i], MEMWARD_EVALUE);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	expect_credential(file_folder(), longest, MEMWARD_EVALUE);
	/* Two dots are no harm by themselves. */
	expect_credential(file_folder(), "..secret", MEMWARD_ENOTFOUND);
	CHECK_CODE(memward_read_credential(NULL, NULL, NULL, 1, &secret),
	    MEMWARD_ENULL);
	CHECK_CODE(
	    memward_read_credential(NULL, NULL, "a", 1, NULL), MEMWARD_ENULL);
	remove_file();
}

void credentials_may_not_be_written_by_others(void)
{
	static const struct {
		unsigned mode;
		int code;
	} modes[] = {{0400, 0}, {0440, 0}, {0444, 0}, {0644, 0},
	    {0460, MEMWARD_EUNSAFE}, {0402, MEMWARD_EUNSAFE}};
	const char *link;

	for (size_t i = 0; i < TEST_COUNT(modes); i++) {
		(void)file_with("token", 5, modes[i].mode | 0400);
		expect_credential(file_folder(), "secret", modes[i].code);
	}
	/* As Kubernetes has it. */
	(void)file_with("token", 5, 0644);
	link = in_folder("link");
	CHECK_INT(symlink("secret", link), 0);
	expect_credential(file_folder(), "link", 0);
	CHECK_INT(unlink(link), 0);
	remove_file();
}
