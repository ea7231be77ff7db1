/* SPDX-License-Identifier: MIT */
/* What tests need of Windows. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "harness.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

/* A path may be longer than MAX_PATH; this is what the system allows. */
#define PATH_ROOM 32768

/* The exit status of a process that an exception ended is its code. */
#define IS_EXCEPTION(code) (((code)&0x80000000) != 0)

/*
 * An exception nobody handles ends the process with the exception's code, and
 * without a dialogue, a debugger or a report, whatever this machine has set.
 */
static LONG WINAPI end_with_exception(EXCEPTION_POINTERS *what)
{
	(void)TerminateProcess(
	    GetCurrentProcess(), what->ExceptionRecord->ExceptionCode);
	return EXCEPTION_EXECUTE_HANDLER;
}

void support_begin(const char *program)
{
	/* The system knows the path better than argv[0] does. */
	(void)program;
	(void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
	(void)SetUnhandledExceptionFilter(end_with_exception);
}

/* "PATH" --child NAME, where NAME is an identifier. */
static void make_command(wchar_t *command, size_t room, const char *name)
{
	size_t used;
	DWORD len;

	command[0] = L'"';
	len = GetModuleFileNameW(NULL, command + 1, (DWORD)room - 1);
	if (len == 0 || len >= room - 1)
		TEST_FAIL("the program's path: error %lu", GetLastError());
	used = 1 + len;
	if (used + strlen(name) + 12 > room)
		TEST_FAIL("the program's path is too long");
	wcscpy(command + used, L"\" --child ");
	used = wcslen(command);
	for (; *name != '\0'; name++)
		command[used++] = (wchar_t)*name;
	command[used] = L'\0';
}

/* The child writes to *write, which it inherits; we read from *read. */
static void make_pipe(HANDLE *read, HANDLE *write)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};

	if (!CreatePipe(read, write, &inherited, 0))
		TEST_FAIL("CreatePipe: error %lu", GetLastError());
	if (!SetHandleInformation(*read, HANDLE_FLAG_INHERIT, 0))
		TEST_FAIL("SetHandleInformation: error %lu", GetLastError());
}

static HANDLE start_child(const char *name, HANDLE output)
{
	static wchar_t command[PATH_ROOM];
	STARTUPINFOW start = {
	    .cb = sizeof(start),
	    .dwFlags = STARTF_USESTDHANDLES,
	    .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
	    .hStdOutput = output,
	    .hStdError = output,
	};
	PROCESS_INFORMATION child;

	make_command(command, PATH_ROOM, name);
	if (!CreateProcessW(
		NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child))
		TEST_FAIL("CreateProcess: error %lu", GetLastError());
	(void)CloseHandle(child.hThread);
	return child.hProcess;
}

/* Reads to the end, keeps what fits, and drops the \r of line ends. */
static void read_output(HANDLE from, char *output, size_t room)
{
	char part[512];
	size_t used = 0;
	DWORD n;

	while (ReadFile(from, part, sizeof(part), &n, NULL) && n != 0) {
		for (DWORD i = 0; i < n; i++) {
			if (part[i] != '\r' && used < room - 1)
				output[used++] = part[i];
		}
	}
	output[used] = '\0';
}

static enum child_end end_of(DWORD code)
{
	if (code == EXCEPTION_ACCESS_VIOLATION)
		return CHILD_FAULTED;
	return IS_EXCEPTION(code) ? CHILD_KILLED : CHILD_EXITED;
}

struct child_result support_run_child(const char *name)
{
	struct child_result result;
	HANDLE child;
	HANDLE read;
	HANDLE write;
	DWORD code;

	make_pipe(&read, &write);
	child = start_child(name, write);
	/* Ours would keep the pipe open after the child's end. */
	(void)CloseHandle(write);
	read_output(read, result.output, sizeof(result.output));
	(void)CloseHandle(read);
	if (WaitForSingleObject(child, INFINITE) != WAIT_OBJECT_0 ||
	    !GetExitCodeProcess(child, &code))
		TEST_FAIL("waiting for the child: error %lu", GetLastError());
	(void)CloseHandle(child);
	result.end = end_of(code);
	result.code = (int)code;
	return result;
}

enum fork_view support_fork_view(
    const void *mem, size_t len, unsigned char filled, int generations)
{
	(void)mem;
	(void)len;
	(void)filled;
	(void)generations;
	return FORK_UNTESTABLE;
}

struct core_result support_core_of(
    const char *child, const unsigned char *pattern, size_t len)
{
	(void)child;
	(void)pattern;
	(void)len;
	return (struct core_result){CORE_UNTESTABLE,
	    "Windows writes no core files; its error reports are made by "
	    "another process, where and whether the administrator says"};
}

_Noreturn void support_crash(void)
{
	RaiseException(
	    EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, NULL);
	/* Unless a debugger swallowed it. */
	(void)TerminateProcess(GetCurrentProcess(), EXCEPTION_ACCESS_VIOLATION);
	for (;;)
		Sleep(INFINITE);
}

const char *support_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return "address";
#else
	return NULL;
#endif
}
