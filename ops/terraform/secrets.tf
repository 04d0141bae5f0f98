# SPDX-License-Identifier: Apache-2.0
# Passwords are made in a run, go to Secrets Manager and RDS, and stand in no plan and no state.
#
# RDS manages the master password (manage_master_user_password) only of an instance without read replicas: it refuses
# one for PostgreSQL otherwise. With a replica the password is made here, and rotated as those of the logins are.

locals {
  rds_manages_master = !var.replica_enabled

  # The function of AWS logs in with the password that it changes, so one is enough for all.
  rotator = aws_serverlessapplicationrepository_cloudformation_stack.rotation.outputs["RotationLambdaARN"]
}

ephemeral "aws_secretsmanager_random_password" "master" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "master" {
  count = local.rds_manages_master ? 0 : 1

  name                    = "${var.name}/${local.master}"
  description             = "Master user of Daybook's database: for set-up and emergencies, not for programs"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_version" "master" {
  count = local.rds_manages_master ? 0 : 1

  secret_id = aws_secretsmanager_secret.master[0].id
  secret_string_wo = jsonencode({
    engine   = "postgres"
    host     = aws_db_instance.primary.address
    port     = local.port
    dbname   = local.database
    username = local.master
    password = ephemeral.aws_secretsmanager_random_password.master.random_password
  })
  secret_string_wo_version = var.master_password_version
}

# Who manages it, rotates it.
resource "aws_secretsmanager_secret_rotation" "master" {
  secret_id           = local.rds_manages_master ? aws_db_instance.primary.master_user_secret[0].secret_arn : aws_secretsmanager_secret.master[0].id
  rotation_lambda_arn = local.rds_manages_master ? null : local.rotator
  rotate_immediately  = false

  rotation_rules {
    automatically_after_days = local.rotation_days
  }

  depends_on = [aws_secretsmanager_secret_version.master]
}

ephemeral "aws_secretsmanager_random_password" "login" {
  for_each = local.logins

  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "login" {
  for_each = local.logins

  name                    = "${var.name}/${each.key}"
  description             = "Login ${each.key} of Daybook's database"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 30
}

# The first password: README.md says how the login gets it. Later ones are rotation's, which logs in to dbname: in database
# postgres, because some logins cannot change even their password where they only read (rotation.sql).
resource "aws_secretsmanager_secret_version" "login" {
  for_each = local.logins

  secret_id = aws_secretsmanager_secret.login[each.key].id
  secret_string_wo = jsonencode({
    engine   = "postgres"
    host     = aws_db_instance.primary.address
    port     = local.port
    dbname   = "postgres"
    username = each.key
    password = ephemeral.aws_secretsmanager_random_password.login[each.key].random_password
  })
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_rotation" "login" {
  for_each = local.logins

  secret_id           = aws_secretsmanager_secret.login[each.key].id
  rotation_lambda_arn = local.rotator
  # Not before the login has its first password.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = local.rotation_days
  }

  depends_on = [aws_secretsmanager_secret_version.login]
}

# AWS's own function for RDS for PostgreSQL; its application is published in us-east-1 for all regions.
resource "aws_serverlessapplicationrepository_cloudformation_stack" "rotation" {
  name           = "${var.name}-rotation"
  application_id = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser"
  capabilities   = ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"]

  parameters = {
    functionName        = "${var.name}-rotation"
    endpoint            = "https://secretsmanager.${var.region}.${data.aws_partition.current.dns_suffix}"
    kmsKeyArn           = aws_kms_key.primary.arn
    vpcSubnetIds        = join(",", var.database_subnet_ids)
    vpcSecurityGroupIds = aws_security_group.rotation.id
  }
}
