/* SPDX-License-Identifier: MIT */
#include <memward.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	memward_report report = MEMWARD_REPORT_INIT;
	char text[2048] = "no report\n";
	void *key;
	char *token;
	int rc = memward_new(NULL, 32, &key); /* NULL: the default ward */

	if (rc != 0) {
		puts(memward_error_text(rc)); /* why not, and what to do */
		return 1;
	}
	memset(key, 0x5a, 32); /* read your key in here */
	if (memward_report_secret(key, &report) == 0)
		memward_report_text(&report, text, sizeof(text));
	fputs(text, stdout);
	/* On pages of its own: the byte behind it faults. Closed, all does. */
	token = memward_alloc_guarded(NULL, 100, 1);
	if (token != NULL && memward_protect(token, MEMWARD_NO_ACCESS) == 0)
		puts("token: closed");
	memward_free(token); /* wipes, also what is closed */
	memward_free(key);
	return 0;
}
