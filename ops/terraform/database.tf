# SPDX-License-Identifier: Apache-2.0

data "aws_iam_policy_document" "monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name_prefix        = "${var.name}-monitoring-"
  assume_role_policy = data.aws_iam_policy_document.monitoring.json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# Before the instance: RDS would make them itself, unencrypted and for ever.
resource "aws_cloudwatch_log_group" "primary" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = local.log_days
  kms_key_id        = aws_kms_key.primary.arn
}

resource "aws_db_instance" "primary" {
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.postgres_version
  instance_class = var.instance_class
  db_name        = local.database
  port           = local.port
  multi_az       = true

  username                      = local.master
  manage_master_user_password   = local.rds_manages_master ? true : null
  master_user_secret_kms_key_id = local.rds_manages_master ? aws_kms_key.primary.arn : null
  password_wo                   = local.rds_manages_master ? null : ephemeral.aws_secretsmanager_random_password.master.random_password
  password_wo_version           = local.rds_manages_master ? null : var.master_password_version

  storage_type          = "gp3"
  allocated_storage     = var.allocated_storage
  max_allocated_storage = var.max_allocated_storage
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.primary.arn

  # rds.force_ssl = 1 is among the parameters.
  parameter_group_name   = aws_db_parameter_group.primary.name
  ca_cert_identifier     = var.ca_certificate
  db_subnet_group_name   = aws_db_subnet_group.primary.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  # More than none is point-in-time recovery too.
  backup_retention_period  = local.backup_days
  backup_window            = var.backup_window
  delete_automated_backups = false
  copy_tags_to_snapshot    = true

  maintenance_window          = var.maintenance_window
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.primary.arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"

  depends_on = [aws_cloudwatch_log_group.primary, aws_iam_role_policy_attachment.monitoring]

  lifecycle {
    # Whoever wants it gone takes this away first, and deletion_protection, and says so twice.
    prevent_destroy = true
  }
}
