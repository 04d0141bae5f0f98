# SPDX-License-Identifier: Apache-2.0

locals {
  production = var.environment == "production"
  family     = "postgres${var.postgres_version}"
  port       = 5432
  database   = "daybook"
  master     = "daybook_master"

  backup_days = local.production ? 30 : 7
  # As long as audit_logs, since pgAudit writes there; CloudWatch takes some numbers of days only.
  log_days = local.production ? 2192 : 90

  rotation_days = 90

  tags = {
    Project     = var.name
    Environment = var.environment
    Owner       = var.owner
    ManagedBy   = "terraform"
    Data        = "audit"
  }

  # Logins that programs use; ops/postgres/roles.up.sql makes them. People have their own.
  logins = toset([
    "daybook_ingest", "daybook_finance", "daybook_report", "daybook_audit", "daybook_monitor", "daybook_maintain",
    "daybook_backup",
  ])
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
