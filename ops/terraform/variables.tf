# SPDX-License-Identifier: Apache-2.0

variable "name" {
  description = "Names and prefixes of everything: letters, digits and single hyphens, because RDS takes no others."
  type        = string
  default     = "daybook"

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]){1,39}$", var.name))
    error_message = "name is 2 to 40 small letters, digits and single hyphens, and begins with a letter."
  }
}

variable "environment" {
  description = "production keeps backups 30 days and logs six years, and has a replica in two zones; others 7 and 90 days."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment is development, staging or production."
  }
}

variable "owner" {
  description = "Whom a bill or an alarm is sent to; a tag of everything."
  type        = string

  validation {
    condition     = length(var.owner) > 0
    error_message = "owner says who is responsible."
  }
}

variable "region" {
  description = "Where the primary is."
  type        = string
}

variable "replica_region" {
  description = "Where the read replica is; another region, or no disaster of one is survived."
  type        = string

  validation {
    condition     = var.replica_region != var.region
    error_message = "replica_region is another region than region."
  }
}

variable "replica_enabled" {
  description = "Whether there is a read replica. RDS then does not manage the master password: secrets.tf says why."
  type        = bool
  default     = true
}

variable "instance_class" {
  description = "A class of which ops/postgres has a profile."
  type        = string
  default     = "db.r6g.large"

  validation {
    condition     = contains(["db.t3.medium", "db.t4g.medium", "db.r6g.large", "db.r6i.xlarge"], var.instance_class)
    error_message = "instance_class is one of which ops/postgres has a profile: write one for others."
  }
}

variable "postgres_version" {
  description = "Major version: 15 or 16. Minor ones come in the maintenance window."
  type        = string
  default     = "16"

  validation {
    condition     = contains(["15", "16"], var.postgres_version)
    error_message = "postgres_version is 15 or 16, with which Daybook is tested."
  }
}

variable "allocated_storage" {
  description = "GiB of gp3. From 400 on RDS stripes it, which gives 12,000 IOPS instead of 3,000."
  type        = number
  default     = 400

  validation {
    condition     = var.allocated_storage >= 100 && floor(var.allocated_storage) == var.allocated_storage
    error_message = "allocated_storage is a whole number from 100: 30 % of less is no time to act."
  }
}

variable "max_allocated_storage" {
  description = "GiB up to which RDS adds storage by itself."
  type        = number
  default     = 2000

  validation {
    condition     = var.max_allocated_storage > var.allocated_storage
    error_message = "max_allocated_storage is more than allocated_storage."
  }
}

variable "backup_window" {
  description = "UTC. Before reconciliation (02:17) and maintenance (03:17)."
  type        = string
  default     = "00:30-01:30"

  validation {
    condition     = can(regex("^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d$", var.backup_window))
    error_message = "backup_window is hh:mm-hh:mm."
  }
}

variable "maintenance_window" {
  description = "UTC, behind both of these: minor versions, certificates, parameters that want a restart."
  type        = string
  default     = "sun:05:00-sun:06:00"

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):\\d\\d:\\d\\d-(mon|tue|wed|thu|fri|sat|sun):\\d\\d:\\d\\d$", var.maintenance_window))
    error_message = "maintenance_window is ddd:hh:mm-ddd:hh:mm."
  }
}

variable "ca_certificate" {
  description = "Authority of the server's certificate; clients have RDS's bundle."
  type        = string
  default     = "rds-ca-rsa2048-g1"

  validation {
    condition     = contains(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], var.ca_certificate)
    error_message = "ca_certificate is rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1."
  }
}

variable "master_password_version" {
  description = "Raised by one, a new master password is made and set; beside rotation, for emergencies."
  type        = number
  default     = 1

  validation {
    condition     = var.master_password_version >= 1
    error_message = "master_password_version counts from 1."
  }
}
