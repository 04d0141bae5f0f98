# SPDX-License-Identifier: Apache-2.0
# One key in each region: storage, snapshots, secrets, logs, insights and topics. KMS makes new key material each year.

data "aws_iam_policy_document" "key" {
  for_each = toset([var.region, var.replica_region])

  # Who may use it is said by the policies of the account.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt*", "kms:DescribeKey", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${each.value}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "arn:${data.aws_partition.current.partition}:logs:${each.value}:${data.aws_caller_identity.current.account_id}:log-group:/aws/rds/instance/${var.name}*",
      ]
    }
  }

  # Alarms and events of RDS go to topics that are encrypted with it.
  statement {
    sid       = "Alarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_kms_key" "primary" {
  description             = "Daybook: database, secrets and logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key[var.region].json
}

resource "aws_kms_alias" "primary" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_key" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  description             = "Daybook: replica and its logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key[var.replica_region].json
}

resource "aws_kms_alias" "replica" {
  count    = var.replica_enabled ? 1 : 0
  provider = aws.replica

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.replica[0].key_id
}
