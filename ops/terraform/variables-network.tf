# SPDX-License-Identifier: Apache-2.0

variable "vpc_id" {
  description = "The VPC of the primary, the poolers and the applications."
  type        = string
}

variable "database_subnet_ids" {
  description = "Private subnets in two zones at least: Multi-AZ wants them."
  type        = list(string)

  validation {
    condition     = length(var.database_subnet_ids) >= 2
    error_message = "database_subnet_ids has subnets in two zones at least."
  }
}

variable "application_security_group_ids" {
  description = "Who may reach the pooler (6432): ingest, finance, dashboards. By name, because names do not change."
  type        = map(string)

  validation {
    condition     = length(var.application_security_group_ids) > 0
    error_message = "application_security_group_ids names at least the group of ingest."
  }
}

variable "administration_security_group_ids" {
  description = "Who may reach the database itself (5432): migrations, maintenance, reconciliation, people."
  type        = map(string)
  default     = {}
}

variable "replica_vpc_id" {
  description = "The VPC of the replica."
  type        = string
}

variable "replica_subnet_ids" {
  description = "Private subnets there, in two zones at least."
  type        = list(string)

  validation {
    condition     = length(var.replica_subnet_ids) >= 2
    error_message = "replica_subnet_ids has subnets in two zones at least."
  }
}

variable "replica_client_cidrs" {
  description = "Who may reach the replica (5432), by name: addresses, because groups do not reach into another region."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for cidr in values(var.replica_client_cidrs) : can(cidrhost(cidr, 0)) && cidr != "0.0.0.0/0"])
    error_message = "replica_client_cidrs are networks, and never everybody."
  }
}

variable "alarm_emails" {
  description = "Addresses for alarms of both severities. A pager's URL is a secret: subscribe it to the topic by hand."
  type        = set(string)
  default     = []
}
