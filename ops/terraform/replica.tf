# SPDX-License-Identifier: Apache-2.0
# A read replica in another region: for reconciliation, audits and dashboards, and to be promoted when the region of the
# primary is lost.

resource "aws_db_subnet_group" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  name        = "${var.name}-replica"
  description = "Daybook's replica"
  subnet_ids  = var.replica_subnet_ids
}

resource "aws_security_group" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  name_prefix = "${var.name}-replica-"
  description = "Daybook's replica"
  vpc_id      = var.replica_vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "replica_from_clients" {
  for_each = var.replica_enabled ? var.replica_client_cidrs : {}
  provider = aws.replica

  security_group_id = aws_security_group.replica[0].id
  description       = "PostgreSQL from ${each.key}"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_cloudwatch_log_group" "replica" {
  for_each = toset(var.replica_enabled ? ["postgresql", "upgrade"] : [])
  provider = aws.replica

  name              = "/aws/rds/instance/${var.name}-replica/${each.key}"
  retention_in_days = local.log_days
  kms_key_id        = aws_kms_key.replica[0].arn
}

resource "aws_db_instance" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  identifier          = "${var.name}-replica"
  replicate_source_db = aws_db_instance.primary.arn
  # max_connections and other parameters may not be smaller than on the primary.
  instance_class = var.instance_class
  port           = local.port
  # Promoted, it has to survive a zone at once.
  multi_az = local.production

  storage_type          = "gp3"
  max_allocated_storage = var.max_allocated_storage
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.replica[0].arn

  parameter_group_name   = aws_db_parameter_group.replica[0].name
  ca_cert_identifier     = var.ca_certificate
  db_subnet_group_name   = aws_db_subnet_group.replica[0].name
  vpc_security_group_ids = [aws_security_group.replica[0].id]
  publicly_accessible    = false

  # Of its own, so that there are some from the moment of a promotion.
  backup_retention_period  = 7
  backup_window            = var.backup_window
  delete_automated_backups = false
  copy_tags_to_snapshot    = true

  maintenance_window         = var.maintenance_window
  auto_minor_version_upgrade = true
  apply_immediately          = false

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.replica[0].arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  deletion_protection = true
  # RDS makes no final snapshot of a replica.
  skip_final_snapshot = true

  depends_on = [aws_cloudwatch_log_group.replica, aws_iam_role_policy_attachment.monitoring]

  lifecycle {
    # Promoted, it has no source any more, and must not be made again as a replica.
    ignore_changes = [replicate_source_db]
  }
}
