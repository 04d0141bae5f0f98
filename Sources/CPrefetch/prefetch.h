// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Asks for the cache line of an address that will be read soon. Any address is allowed.
static inline void daybook_prefetch(const void *address) { __builtin_prefetch(address); }
