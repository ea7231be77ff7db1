/* SPDX-License-Identifier: MIT */
/* Text for people and JSON for machines. */
#include "cli.h"
#include "peek.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool colours;

void text_init_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	/* no-color.org: set and not empty means none. */
	if (no_color != NULL && no_color[0] != '\0')
		return;
	if (term != NULL && strcmp(term, "dumb") == 0)
		return;
	colours = peek_colour_terminal();
}

void text_colour(enum cli_colour colour)
{
	static const char *const codes[] = {
	    [PLAIN] = "\033[0m",
	    [BOLD] = "\033[1m",
	    [DIM] = "\033[2m",
	    [GREEN] = "\033[32m",
	    [RED] = "\033[1;31m",
	    [YELLOW] = "\033[33m",
	    [CYAN] = "\033[36m",
	};

	if (colours)
		(void)fputs(codes[colour], stdout);
}

void text_wrap(size_t column, size_t indent, const char *text)
{
	bool first = true;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (!first && column + 1 + word > TEXT_WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", (int)word, text);
		column += word + (first ? 0 : 1);
		first = false;
		text += word;
		text += strspn(text, " ");
	}
	(void)putchar('\n');
}

void text_pad(const char *text, size_t width)
{
	printf("%-*s", (int)width, text);
}

bool text_format(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to, size, format, args);
	va_end(args);
	return n >= 0 && (size_t)n < size;
}

bool text_refuse(char *why, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(why, size, format, args);
	va_end(args);
	return false;
}

void json_string(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			/* File names may be in any encoding; ours is ASCII. */
			printf("\\u%04x", c);
		else
			(void)putchar(c);
	}
	(void)putchar('"');
}

void json_pair(const char *key, const char *value)
{
	printf(", \"%s\": ", key);
	json_string(value);
}
