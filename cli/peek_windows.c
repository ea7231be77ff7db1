/* SPDX-License-Identifier: MIT */
/* Children, pipes and looking at processes on Windows. */
#if !defined(_WIN32)
#error "peek_windows.c is for Windows"
#endif
#define _CRT_RAND_S
#define WIN32_LEAN_AND_MEAN

#include "cli.h"
#include "peek.h"

#include <fcntl.h>
#include <inttypes.h>
#include <io.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define NO_FORK "no fork on this system"

/* The exit status of abort(), and of no victim else. */
#define ABORTED 3

static wchar_t own_path[MAX_PATH * 4];
static volatile LONG interrupted;

static BOOL WINAPI on_interrupt(DWORD event)
{
	(void)event;
	(void)InterlockedExchange(&interrupted, 1);
	return TRUE;
}

/* A victim's fault ends it, with no window and no report about it. */
static LONG WINAPI on_fault(EXCEPTION_POINTERS *fault)
{
	(void)TerminateProcess(
	    GetCurrentProcess(), fault->ExceptionRecord->ExceptionCode);
	return EXCEPTION_EXECUTE_HANDLER;
}

/* Ends as abort() does, but in silence. */
static void on_abort(int number)
{
	(void)number;
	/* abort() calls this on its own thread: it interrupts nothing. */
	/* NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c) */
	(void)TerminateProcess(GetCurrentProcess(), ABORTED);
}

bool peek_interrupted(void)
{
	return interrupted != 0;
}

void peek_init(const char *argv0)
{
	const DWORD size = sizeof(own_path) / sizeof(own_path[0]);
	DWORD len = GetModuleFileNameW(NULL, own_path, size);

	(void)argv0;
	/* If it is needed, starting a victim fails. */
	if (len == 0 || len >= size)
		own_path[0] = L'\0';
	(void)SetConsoleCtrlHandler(on_interrupt, TRUE);
}

void peek_describe_system(char *text, size_t size)
{
	const char *wine = "";
	HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");

	if (ntdll != NULL && GetProcAddress(ntdll, "wine_get_version") != NULL)
		wine = " (Wine: not the real system)";
	(void)text_format(text, size, "Windows%s", wine);
}

bool peek_is_privileged(void)
{
	/* No attack of this file becomes an administrator's. */
	return false;
}

bool peek_colour_terminal(void)
{
	HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
	DWORD mode;

	/* Before Windows 10 a console shows the codes instead. */
	return GetConsoleMode(out, &mode) &&
	       SetConsoleMode(out, mode | 0x0004 /* VIRTUAL_TERMINAL */);
}

bool peek_reader_gone(void)
{
	/* What a write to such a pipe leaves. */
	return GetLastError() == ERROR_NO_DATA;
}

const char *peek_error(void)
{
	static char text[48];

	(void)text_format(
	    text, sizeof(text), "Windows error %lu", GetLastError());
	return text;
}

uint64_t peek_own_id(void)
{
	return GetCurrentProcessId();
}

bool peek_random(void *to, size_t len)
{
	unsigned char *at = to;

	for (size_t i = 0; i < len; i++) {
		unsigned int word;

		/* The system's generator, not rand(). */
		if (rand_s(&word) != 0)
			return false;
		at[i] = (unsigned char)word;
	}
	return true;
}

static bool read_handle(HANDLE from, void *to, size_t len)
{
	char *at = to;

	while (len > 0) {
		DWORD part = len > 65536 ? 65536 : (DWORD)len;
		DWORD n;

		if (!ReadFile(from, at, part, &n, NULL) || n == 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

static bool write_handle(HANDLE to, const void *from, size_t len)
{
	const char *at = from;

	while (len > 0) {
		DWORD part = len > 65536 ? 65536 : (DWORD)len;
		DWORD n;

		if (!WriteFile(to, at, part, &n, NULL))
			return false;
		at += n;
		len -= n;
	}
	return true;
}

bool peek_read_file(
    const char *path, void *to, size_t max, size_t *len, const char **why)
{
	HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL,
	    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	char *at = to;
	DWORD n = 1;
	BOOL fine = file != INVALID_HANDLE_VALUE;

	*len = 0;
	while (fine && n > 0 && *len < max) {
		fine = ReadFile(file, at + *len, (DWORD)(max - *len), &n, NULL);
		if (fine)
			*len += n;
	}
	*why = fine ? NULL : peek_error();
	if (file != INVALID_HANDLE_VALUE)
		(void)CloseHandle(file);
	return fine != FALSE;
}

/* A pipe of which one end, and only that one, is inherited. */
static bool make_pipe(HANDLE *ours, HANDLE *theirs, bool they_read)
{
	SECURITY_ATTRIBUTES inherit = {
	    .nLength = sizeof(inherit), .bInheritHandle = TRUE};
	HANDLE read_end;
	HANDLE write_end;

	if (!CreatePipe(&read_end, &write_end, &inherit, 0))
		return false;
	*ours = they_read ? write_end : read_end;
	*theirs = they_read ? read_end : write_end;
	return SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0) != FALSE;
}

static bool create(const char *argument1, const char *argument2, HANDLE in,
    HANDLE out, PROCESS_INFORMATION *made)
{
	STARTUPINFOW startup = {
	    .cb = sizeof(startup),
	    .dwFlags = STARTF_USESTDHANDLES,
	    .hStdInput = in,
	    .hStdOutput = out,
	    .hStdError = GetStdHandle(STD_ERROR_HANDLE),
	};
	wchar_t command[64];

	/* Both arguments are of letters alone; see hold.c. */
	if (_snwprintf(command, 64, L"memward %hs %hs", argument1, argument2) <
	    0)
		return false;
	command[63] = L'\0';
	return CreateProcessW(own_path, command, NULL, NULL, TRUE, 0, NULL,
		   NULL, &startup, made) != FALSE;
}

bool peek_start(struct peek_child *child, const char *argument1,
    const char *argument2, const char *folder)
{
	PROCESS_INFORMATION made = {0};
	HANDLE in = NULL;
	HANDLE out = NULL;
	HANDLE child_in = NULL;
	HANDLE child_out = NULL;
	bool started;

	(void)folder;
	started = make_pipe(&in, &child_in, true) &&
		  make_pipe(&out, &child_out, false) &&
		  create(argument1, argument2, child_in, child_out, &made);
	if (child_in != NULL)
		(void)CloseHandle(child_in);
	if (child_out != NULL)
		(void)CloseHandle(child_out);
	if (started) {
		(void)CloseHandle(made.hThread);
		child->process = (intptr_t)made.hProcess;
		child->in = (intptr_t)in;
		child->out = (intptr_t)out;
		child->id = made.dwProcessId;
		return true;
	}
	if (in != NULL)
		(void)CloseHandle(in);
	if (out != NULL)
		(void)CloseHandle(out);
	return false;
}

bool peek_child_write(struct peek_child *child, const void *from, size_t len)
{
	return write_handle((HANDLE)child->in, from, len);
}

bool peek_child_read(struct peek_child *child, void *to, size_t len)
{
	return read_handle((HANDLE)child->out, to, len);
}

#define PATIENCE_MS 20000

void peek_finish(struct peek_child *child, struct peek_end *end)
{
	HANDLE process = (HANDLE)child->process;
	DWORD code = 0;

	(void)CloseHandle((HANDLE)child->in);
	(void)CloseHandle((HANDLE)child->out);
	if (WaitForSingleObject(process, PATIENCE_MS) != WAIT_OBJECT_0)
		(void)TerminateProcess(process, CLI_UNABLE);
	(void)WaitForSingleObject(process, INFINITE);
	(void)GetExitCodeProcess(process, &code);
	(void)CloseHandle(process);
	end->dumped = false;
	if (code == EXCEPTION_ACCESS_VIOLATION) {
		end->kind = ENDED_FAULT;
		(void)text_format(
		    end->text, sizeof(end->text), "access violation");
		return;
	}
	end->kind = code == ABORTED ? ENDED_ABORT : ENDED_EXIT;
	(void)text_format(
	    end->text, sizeof(end->text), "exit status 0x%lx", code);
}

void peek_begin_victim(void)
{
	(void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
	(void)SetUnhandledExceptionFilter(on_fault);
}

bool peek_read_all(void *to, size_t len)
{
	return read_handle(GetStdHandle(STD_INPUT_HANDLE), to, len);
}

bool peek_write_all(const void *from, size_t len)
{
	return write_handle(GetStdHandle(STD_OUTPUT_HANDLE), from, len);
}

bool peek_join_errors(void)
{
	/* abort() then adds no words and no window of its own. */
	(void)signal(SIGABRT, on_abort);
	return SetStdHandle(
		   STD_ERROR_HANDLE, GetStdHandle(STD_OUTPUT_HANDLE)) != FALSE;
}

bool peek_drop_user(void)
{
	return true;
}

void peek_allow_core_file(void)
{
}

void peek_crash(void)
{
	RaiseException(
	    EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, NULL);
}

bool peek_leave_in_pipe(const void *mem, size_t len)
{
	(void)mem;
	(void)len;
	/* Only for children that exec, which do not exist here. */
	return true;
}

void peek_in_fork(int generations, int (*function)(void *), void *argument,
    struct glimpse *glimpse, struct peek_end *end)
{
	(void)generations;
	(void)function;
	(void)argument;
	(void)end;
	glimpse_set(glimpse, SIGHT_UNABLE, NO_FORK);
}

void peek_exec_heir(struct glimpse *glimpse, struct peek_end *end)
{
	(void)end;
	glimpse_set(glimpse, SIGHT_UNABLE, "no exec on this system");
}

void peek_inherited(void (*function)(const void *bytes, size_t len))
{
	(void)function;
}

const char *peek_method_name(enum peek_method method)
{
	return method == BY_CALL ? "ReadProcessMemory" : NULL;
}

/* Searches one region in pieces; adds what could be read. */
static bool look_at_region(HANDLE process, const struct peek_target *target,
    const MEMORY_BASIC_INFORMATION *region, uint64_t *bytes)
{
	const char *from = region->BaseAddress;
	const char *to = from + region->RegionSize;

	while (from < to) {
		SIZE_T size = (SIZE_T)(to - from);
		SIZE_T n = 0;

		if (size > PEEK_BUFFER)
			size = PEEK_BUFFER;
		if (!ReadProcessMemory(process, from, target->buffer, size, &n))
			return false;
		*bytes += n;
		if (needle_found(target->needle, target->buffer, n))
			return true;
		/* A run across two pieces is seen in the second. */
		from += n > NEEDLE_OVERLAP && from + n < to ? n - NEEDLE_OVERLAP
							    : n;
	}
	return false;
}

static void scan_process(
    HANDLE process, const struct peek_target *target, struct glimpse *glimpse)
{
	MEMORY_BASIC_INFORMATION region;
	const char *at = NULL;
	uint64_t bytes = 0;
	bool found = false;

	while (!found &&
	       VirtualQueryEx(process, at, &region, sizeof(region)) != 0) {
		if (region.State == MEM_COMMIT)
			found =
			    look_at_region(process, target, &region, &bytes);
		at = (const char *)region.BaseAddress + region.RegionSize;
	}
	if (found)
		glimpse_set(glimpse, SIGHT_SEEN, "read by the attacker");
	else if (bytes == 0)
		glimpse_set(glimpse, SIGHT_UNABLE, "ReadProcessMemory: %s",
		    peek_error());
	else
		glimpse_set(glimpse, SIGHT_NONE,
		    "not in %" PRIu64 " KiB of its memory", bytes / 1024);
}

void peek_process(const struct peek_target *target, enum peek_method method,
    enum peek_as as, struct glimpse *glimpse)
{
	HANDLE process;

	(void)method;
	if (as == AS_ROOT) {
		glimpse_set(glimpse, SIGHT_UNABLE,
		    "an administrator's attack has not been written");
		return;
	}
	process = OpenProcess(PROCESS_VM_READ | PROCESS_QUERY_INFORMATION,
	    FALSE, (DWORD)target->id);
	if (process == NULL) {
		glimpse_set(
		    glimpse, SIGHT_UNABLE, "OpenProcess: %s", peek_error());
		return;
	}
	scan_process(process, target, glimpse);
	(void)CloseHandle(process);
}

bool peek_core_folder(char *path, size_t size, struct glimpse *glimpse)
{
	(void)path;
	(void)size;
	glimpse_set(glimpse, SIGHT_UNABLE, "this system writes no core files");
	return false;
}

bool peek_core_handler(struct glimpse *glimpse)
{
	glimpse_set(glimpse, SIGHT_UNABLE, "this system writes no core files");
	return false;
}

void peek_core_search(
    const char *path, const struct peek_target *target, struct glimpse *glimpse)
{
	(void)path;
	(void)target;
	(void)glimpse;
}
