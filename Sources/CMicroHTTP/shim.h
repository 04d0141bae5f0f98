// SPDX-License-Identifier: Apache-2.0
#include <microhttpd.h>

/// The port that the daemon listens on; 0 if unknown. Swift cannot call the variadic function.
static inline uint16_t daybook_mhd_bound_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}
