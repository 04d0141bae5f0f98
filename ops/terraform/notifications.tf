# SPDX-License-Identifier: Apache-2.0
# A topic for each severity, in each region: an alarm reaches topics of its own only.

data "aws_iam_policy_document" "topic" {
  for_each = toset([var.region, var.replica_region])

  statement {
    sid     = "Publish"
    actions = ["sns:Publish"]
    resources = [
      for severity in ["critical", "warning"] :
      "arn:${data.aws_partition.current.partition}:sns:${each.value}:${data.aws_caller_identity.current.account_id}:${var.name}-${severity}"
    ]

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

resource "aws_sns_topic" "primary" {
  for_each = toset(["critical", "warning"])

  name              = "${var.name}-${each.key}"
  kms_master_key_id = aws_kms_key.primary.arn
}

resource "aws_sns_topic_policy" "primary" {
  for_each = aws_sns_topic.primary

  arn    = each.value.arn
  policy = data.aws_iam_policy_document.topic[var.region].json
}

resource "aws_sns_topic_subscription" "primary" {
  for_each = { for pair in setproduct(["critical", "warning"], var.alarm_emails) : join(" ", pair) => pair }

  topic_arn = aws_sns_topic.primary[each.value[0]].arn
  protocol  = "email"
  endpoint  = each.value[1]
}

resource "aws_sns_topic" "replica" {
  for_each = toset(var.replica_enabled ? ["critical", "warning"] : [])
  provider = aws.replica

  name              = "${var.name}-${each.key}"
  kms_master_key_id = aws_kms_key.replica[0].arn
}

resource "aws_sns_topic_policy" "replica" {
  for_each = aws_sns_topic.replica
  provider = aws.replica

  arn    = each.value.arn
  policy = data.aws_iam_policy_document.topic[var.replica_region].json
}

resource "aws_sns_topic_subscription" "replica" {
  for_each = {
    for pair in setproduct(var.replica_enabled ? ["critical", "warning"] : [], var.alarm_emails) : join(" ", pair) => pair
  }
  provider = aws.replica

  topic_arn = aws_sns_topic.replica[each.value[0]].arn
  protocol  = "email"
  endpoint  = each.value[1]
}

# What no metric tells: a failover, a failed backup, a certificate or a version that ends.
resource "aws_db_event_subscription" "primary" {
  name        = var.name
  sns_topic   = aws_sns_topic.primary["warning"].arn
  source_type = "db-instance"
  source_ids  = [aws_db_instance.primary.identifier]

  event_categories = [
    "availability", "configuration change", "deletion", "failover", "failure", "low storage", "maintenance",
    "notification", "recovery", "restoration", "security patching",
  ]

  depends_on = [aws_sns_topic_policy.primary]
}
