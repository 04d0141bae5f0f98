# SPDX-License-Identifier: Apache-2.0
# The values stand in ops/postgres only. What is read here is the output of ops/postgres/parameter-group:
#   ../postgres/parameter-group db.r6g.large 16 > parameters/db.r6g.large-16.jsonl
#   ../postgres/parameter-group db.r6g.large 16 replica > parameters/db.r6g.large-16-replica.jsonl

locals {
  parameter_files = {
    primary = "${path.module}/parameters/${var.instance_class}-${var.postgres_version}.jsonl"
    replica = "${path.module}/parameters/${var.instance_class}-${var.postgres_version}-replica.jsonl"
  }

  # One line for each call of the RDS API; none while the file is missing, which the precondition tells.
  parameters = {
    for role, path in local.parameter_files : role => {
      for parameter in flatten([
        for line in compact(split("\n", fileexists(path) ? file(path) : "")) : jsondecode(line)
      ]) : parameter.ParameterName => parameter
    }
  }

  max_connections = tonumber(try(local.parameters.primary["max_connections"].ParameterValue, "1"))
}

resource "aws_db_parameter_group" "primary" {
  name_prefix = "${var.name}-"
  description = "Daybook on ${var.instance_class}, PostgreSQL ${var.postgres_version}"
  family      = local.family

  dynamic "parameter" {
    for_each = local.parameters.primary

    content {
      name         = parameter.key
      value        = parameter.value.ParameterValue
      apply_method = parameter.value.ApplyMethod
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = try(local.parameters.primary["rds.force_ssl"].ParameterValue, "") == "1"
      error_message = "${local.parameter_files.primary} is missing or does not force TLS: write it with ops/postgres/parameter-group (parameters.tf)."
    }
  }
}

resource "aws_db_parameter_group" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  name_prefix = "${var.name}-replica-"
  description = "Daybook's replica on ${var.instance_class}, PostgreSQL ${var.postgres_version}"
  family      = local.family

  dynamic "parameter" {
    for_each = local.parameters.replica

    content {
      name         = parameter.key
      value        = parameter.value.ParameterValue
      apply_method = parameter.value.ApplyMethod
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = try(local.parameters.replica["hot_standby_feedback"].ParameterValue, "") == "1"
      error_message = "${local.parameter_files.replica} is missing: write it with ops/postgres/parameter-group (parameters.tf)."
    }
  }
}
