/* SPDX-License-Identifier: MIT */
#include "slot.h"

uint64_t mw_slot_canary_key;
