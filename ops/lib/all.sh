# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every library, in the order in which they need each other.

here=$(dirname "${BASH_SOURCE[0]}")
. "$here/common.sh"
. "$here/packages.sh"
. "$here/venv.sh"
. "$here/certificates.sh"
. "$here/postgres.sh"
. "$here/pgbouncer.sh"
. "$here/broker.sh"
. "$here/s3.sh"
. "$here/litellm.sh"
. "$here/emitters.sh"
. "$here/finance.sh"
. "$here/servers.sh"
. "$here/site.sh"
. "$here/daybook.sh"
. "$here/copy.sh"
. "$here/progress.sh"
. "$here/sums.sh"
unset here
