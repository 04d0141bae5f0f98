# SPDX-License-Identifier: Apache-2.0
# The thresholds of the rules of Prometheus for RDS, under the same names; ops/lib/check_terraform.py compares them. They
# are raised too when Prometheus is away. A minute is a period; a missing value leaves an alarm as it is.

locals {
  mib = 1024 * 1024
  gib = 1024 * 1024 * 1024

  alarms = {
    RdsCpuHigh           = { metric = "CPUUtilization", above = 80, minutes = 5, severity = "warning" }
    RdsCpuCritical       = { metric = "CPUUtilization", above = 95, minutes = 2, severity = "critical" }
    RdsFreeableMemoryLow = { metric = "FreeableMemory", below = 1 * local.gib, minutes = 5, severity = "critical" }

    # Of the application's 500, and of what the server takes.
    RdsConnectionsHigh     = { metric = "DatabaseConnections", above = 400, minutes = 5, severity = "warning" }
    RdsConnectionsNearMax  = { metric = "DatabaseConnections", above = 0.80, of = "connections", minutes = 5, severity = "warning" }
    RdsConnectionsCritical = { metric = "DatabaseConnections", above = 0.95, of = "connections", minutes = 5, severity = "critical" }

    # Seconds.
    RdsReadLatencyHigh  = { metric = "ReadLatency", statistic = "p99", above = 0.02, minutes = 10, severity = "warning" }
    RdsWriteLatencyHigh = { metric = "WriteLatency", statistic = "p99", above = 0.02, minutes = 10, severity = "warning" }

    RdsWalLarge          = { metric = "TransactionLogsDiskUsage", above = 50 * local.gib, minutes = 5, severity = "warning" }
    RdsStorageLow        = { metric = "FreeStorageSpace", below = 0.30, of = "storage", minutes = 10, severity = "warning" }
    RdsStorageCritical   = { metric = "FreeStorageSpace", below = 0.20, of = "storage", minutes = 10, severity = "critical" }
    RdsStorageNearlyFull = { metric = "FreeStorageSpace", below = 10 * local.gib, minutes = 5, severity = "critical" }

    # Writes end at 2.1 thousand millions.
    RdsWraparoundNear     = { metric = "MaximumUsedTransactionIDs", above = 500000000, minutes = 15, severity = "warning" }
    RdsWraparoundCritical = { metric = "MaximumUsedTransactionIDs", above = 1000000000, minutes = 15, severity = "critical" }
  }

  # On the primary, and only while something replicates.
  slot_alarms = {
    RdsReplicationSlotBehind    = { metric = "OldestReplicationSlotLag", above = 100 * local.mib, minutes = 5, severity = "warning" }
    RdsReplicationSlotFarBehind = { metric = "OldestReplicationSlotLag", above = 500 * local.mib, minutes = 5, severity = "critical" }
  }

  # On the replica. CloudWatch takes the time since the last transaction that was replayed: where nothing is written it
  # grows for nothing, which the rule of Prometheus knows and these do not.
  lag_alarms = {
    RdsReplicaLagHigh     = { metric = "ReplicaLag", above = 30, minutes = 5, severity = "warning" }
    RdsReplicaLagCritical = { metric = "ReplicaLag", above = 60, minutes = 5, severity = "critical" }
  }

  # What a share is of.
  wholes = {
    connections = local.max_connections
    storage     = aws_db_instance.primary.allocated_storage * local.gib
  }

  primary_alarms = merge(local.alarms, var.replica_enabled ? local.slot_alarms : {})
  replica_alarms = var.replica_enabled ? merge(local.alarms, local.lag_alarms) : {}
}

resource "aws_cloudwatch_metric_alarm" "primary" {
  for_each = local.primary_alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "ops/runbooks/README.md of Daybook names the runbook of ${each.key}."
  namespace         = "AWS/RDS"
  metric_name       = each.value.metric
  dimensions        = { DBInstanceIdentifier = aws_db_instance.primary.identifier }

  statistic          = try(each.value.statistic, null) == null ? "Average" : null
  extended_statistic = try(each.value.statistic, null)
  period             = 60

  evaluation_periods  = each.value.minutes
  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below) * (can(each.value.of) ? local.wholes[each.value.of] : 1)
  treat_missing_data  = "ignore"

  alarm_actions = [aws_sns_topic.primary[each.value.severity].arn]
  ok_actions    = [aws_sns_topic.primary[each.value.severity].arn]
}

resource "aws_cloudwatch_metric_alarm" "replica" {
  for_each = local.replica_alarms
  provider = aws.replica

  alarm_name        = "${var.name}-replica-${each.key}"
  alarm_description = "ops/runbooks/README.md of Daybook names the runbook of ${each.key}."
  namespace         = "AWS/RDS"
  metric_name       = each.value.metric
  dimensions        = { DBInstanceIdentifier = aws_db_instance.replica[0].identifier }

  statistic          = try(each.value.statistic, null) == null ? "Average" : null
  extended_statistic = try(each.value.statistic, null)
  period             = 60

  evaluation_periods  = each.value.minutes
  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below) * (can(each.value.of) ? local.wholes[each.value.of] : 1)
  treat_missing_data  = "ignore"

  alarm_actions = [aws_sns_topic.replica[each.value.severity].arn]
  ok_actions    = [aws_sns_topic.replica[each.value.severity].arn]
}
