// SPDX-License-Identifier: Apache-2.0
// read_topic BROKERS TOPIC: reads every record that waits in the topic and counts its bytes, as fast as librdkafka
// gives them: what nobody who reads with it can be faster than.

#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { batch_records_max = 10000, timeout_ms = 10000 };

static void fail(const char *what) {
  fprintf(stderr, "read_topic: %s\n", what);
  exit(69);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char why[512];
  if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail(why);
}

static rd_kafka_t *consumer(const char *brokers) {
  char why[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "group.id", "read-topic");
  set(conf, "enable.auto.commit", "false");
  rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (!client) fail(why);
  rd_kafka_poll_set_consumer(client);
  return client;
}

// Assigns every partition from its start and returns how many records wait.
static int64_t assign(rd_kafka_t *client, const char *topic) {
  const struct rd_kafka_metadata *metadata;
  rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
  if (!handle || rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms)) fail("no metadata");
  rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(8);
  int64_t records = 0;
  for (int32_t i = 0; i < metadata->topics[0].partition_cnt; i++) {
    int64_t low, high;
    if (rd_kafka_query_watermark_offsets(client, topic, i, &low, &high, timeout_ms)) fail("no end of a partition");
    rd_kafka_topic_partition_list_add(all, topic, i)->offset = low;
    records += high - low;
  }
  if (rd_kafka_assign(client, all)) fail("no assignment");
  rd_kafka_topic_partition_list_destroy(all);
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
  return records;
}

int main(int count, char **arguments) {
  if (count != 3) fail("usage: read_topic BROKERS TOPIC");
  rd_kafka_t *client = consumer(arguments[1]);
  int64_t left = assign(client, arguments[2]), bytes = 0;
  rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
  static rd_kafka_message_t *messages[batch_records_max];
  while (left > 0) {
    ssize_t taken = rd_kafka_consume_batch_queue(queue, timeout_ms, messages, batch_records_max);
    if (taken <= 0) fail("the topic gives no more records");
    for (ssize_t i = 0; i < taken; i++) {
      if (!messages[i]->err) {
        bytes += (int64_t)messages[i]->len;
        left--;
      }
      rd_kafka_message_destroy(messages[i]);
    }
  }
  printf("%lld\n", (long long)bytes);
  rd_kafka_queue_destroy(queue);
  rd_kafka_consumer_close(client);
  rd_kafka_destroy(client);
}
