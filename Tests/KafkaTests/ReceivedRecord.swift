// SPDX-License-Identifier: Apache-2.0
import Kafka

/// A copy of a consumed record.
struct ReceivedRecord: Equatable {
  var topicIndex: Int
  var partition: Int32
  var offset: Int64
  var timestampMilliseconds: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [RecordHeader]

  init(_ message: borrowing Message) {
    topicIndex = message.topicIndex
    partition = message.partition
    offset = message.offset
    timestampMilliseconds = message.timestampMilliseconds
    key = message.key.map(Array.init)
    value = message.payload.map(Array.init)
    var headers: [RecordHeader] = []
    message.forEachHeader { name, value in
      headers.append(RecordHeader(String(decoding: name, as: UTF8.self), value.map(Array.init)))
    }
    self.headers = headers
  }
}
