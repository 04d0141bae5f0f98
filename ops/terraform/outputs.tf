# SPDX-License-Identifier: Apache-2.0

output "primary_address" {
  description = "host of [databases] daybook in ops/pgbouncer/transaction.ini, and of admin_database_url."
  value       = aws_db_instance.primary.address
}

output "replica_address" {
  description = "host of [databases] daybook_replica, and of replica_database_url; null without a replica."
  value       = one(aws_db_instance.replica[*].address)
}

output "pooler_security_group_id" {
  description = "For the hosts of PgBouncer."
  value       = aws_security_group.pooler.id
}

output "master_secret_arn" {
  description = "Where the master password is."
  value       = local.rds_manages_master ? aws_db_instance.primary.master_user_secret[0].secret_arn : aws_secretsmanager_secret.master[0].arn
}

output "login_secret_arns" {
  description = "Where the logins' passwords are: give each program the right to read one."
  value       = { for login, secret in aws_secretsmanager_secret.login : login => secret.arn }
}

output "topic_arns" {
  description = "Topics of alarms, by region and severity: subscribe the pager to critical."
  value = {
    (var.region)         = { for severity, topic in aws_sns_topic.primary : severity => topic.arn }
    (var.replica_region) = { for severity, topic in aws_sns_topic.replica : severity => topic.arn }
  }
}

output "kms_key_arn" {
  description = "The key of the primary's region."
  value       = aws_kms_key.primary.arn
}
