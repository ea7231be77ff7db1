/* SPDX-License-Identifier: MIT */
/*
 * The model's access list of the process: "Access Control Lists" and
 * "Well-known SIDs" of Microsoft's documentation. Wine 8 knows lists, but not
 * the entry that limits what an owner may.
 */
#include "model_inside.h"

#include <string.h>

/* The rights that a list gives to "owner rights", S-1-3-4. */
static DWORD rights_of_owner(const ACL *list)
{
	static const SID owner = {
	    SID_REVISION, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {4}};
	const char *at = (const char *)list + sizeof(*list);
	DWORD rights = 0;

	for (WORD i = 0; i < list->AceCount; i++) {
		ACCESS_ALLOWED_ACE entry;

		memcpy(&entry, at, sizeof(entry));
		if (entry.Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
		    memcmp(at + sizeof(entry.Header) + sizeof(entry.Mask),
			&owner, sizeof(owner)) == 0)
			rights |= entry.Mask;
		at += entry.Header.AceSize;
	}
	return rights;
}

BOOL WINAPI model_set_security(
    HANDLE process, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR to)
{
	const SECURITY_DESCRIPTOR *descriptor = to;
	BOOL done = model_enter(MODEL_SECURITY);

	if (done && (process != GetCurrentProcess() ||
			what != DACL_SECURITY_INFORMATION ||
			descriptor->Control != SE_DACL_PRESENT ||
			!IsValidAcl(descriptor->Dacl))) {
		SetLastError(ERROR_INVALID_PARAMETER);
		done = FALSE;
	}
	if (done) {
		model.listed = true;
		model.owner_may = rights_of_owner(descriptor->Dacl);
	}
	model_leave();
	return done;
}

HANDLE WINAPI model_open_process(DWORD access, BOOL inherit, DWORD id)
{
	HANDLE process = NULL;

	if (model_enter(MODEL_OPEN)) {
		if (model.listed && !model.may_debug &&
		    (access & ~model.owner_may) != 0)
			SetLastError(ERROR_ACCESS_DENIED);
		else
			process = OpenProcess(access, inherit, id);
	}
	model_leave();
	return process;
}
