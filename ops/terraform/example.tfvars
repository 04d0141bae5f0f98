# SPDX-License-Identifier: Apache-2.0
# Copy to terraform.tfvars, and put yours in. There are no secrets among these.
environment    = "production"
owner          = "platform@example.org"
region         = "eu-central-1"
replica_region = "eu-west-1"

instance_class        = "db.r6g.large"
postgres_version      = "16"
allocated_storage     = 400
max_allocated_storage = 2000

vpc_id              = "vpc-0123456789abcdef0"
database_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

application_security_group_ids = {
  ingest     = "sg-0123456789abcdef0"
  dashboards = "sg-0123456789abcdef1"
}
administration_security_group_ids = {
  jobs    = "sg-0123456789abcdef2"
  bastion = "sg-0123456789abcdef3"
}

replica_vpc_id     = "vpc-0123456789abcdef1"
replica_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
replica_client_cidrs = {
  reconciliation = "10.20.8.0/24"
}

alarm_emails = ["database-alarms@example.org"]
