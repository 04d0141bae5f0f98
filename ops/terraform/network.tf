# SPDX-License-Identifier: Apache-2.0
# Applications reach the pooler, the pooler and administration the database, and the database nobody.

locals {
  # Session mode (6433) is for people and tools: with administration, which reaches the database anyway.
  pooler_port = 6432
}

resource "aws_db_subnet_group" "primary" {
  name        = var.name
  description = "Daybook's database"
  subnet_ids  = var.database_subnet_ids
}

resource "aws_security_group" "database" {
  name_prefix = "${var.name}-database-"
  description = "Daybook's database"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_pooler" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the poolers"
  referenced_security_group_id = aws_security_group.pooler.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "database_from_administration" {
  for_each = var.administration_security_group_ids

  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "database_from_rotation" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the rotation of passwords"
  referenced_security_group_id = aws_security_group.rotation.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# For the hosts of PgBouncer; outputs.tf tells its id.
resource "aws_security_group" "pooler" {
  name_prefix = "${var.name}-pooler-"
  description = "Daybook's poolers"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "pooler_from_applications" {
  for_each = var.application_security_group_ids

  security_group_id            = aws_security_group.pooler.id
  description                  = "PgBouncer from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.pooler_port
  to_port                      = local.pooler_port
}

resource "aws_vpc_security_group_egress_rule" "pooler_to_database" {
  security_group_id            = aws_security_group.pooler.id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# The function that rotates passwords: to the database, and to Secrets Manager.
resource "aws_security_group" "rotation" {
  name_prefix = "${var.name}-rotation-"
  description = "Rotation of Daybook's passwords"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_database" {
  security_group_id            = aws_security_group.rotation.id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_secrets" {
  security_group_id = aws_security_group.rotation.id
  description       = "HTTPS: Secrets Manager, by its endpoint in the VPC or by a gateway"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
