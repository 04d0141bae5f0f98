// SPDX-License-Identifier: Apache-2.0
import Text

/// The offset spans of a batch as `daybook_apply_batch` takes them.
enum BatchSpans {
  static func json(_ content: BatchContent, cluster: String) -> String {
    let batch = content.part.batch
    var refusedBySpan: [Int32: Int] = [:]
    for index in content.plan.refused.keys where content.part.entries.contains(index) {
      refusedBySpan[batch.entries[index].span, default: 0] += 1
    }
    let spans = content.part.spans.enumerated().filter { $1.from < $1.next }.map { index, span in
      let anchor = span.anchor.map { "\($0.offset),\"anchor_hash\":\"\($0.hash)\"" }
      return """
        {"cluster":\(JSONText.string(cluster)),"topic":\(JSONText.string(span.topic)),\
        "partition":\(span.partition),"from":\(span.from),"next":\(span.next),\
        "epoch":\(span.epoch),"anchor_offset":\(anchor ?? "null"),\
        "table":\(JSONText.string(batch.table(of: span))),"records":\(span.records),\
        "seen":\(span.seen),"skipped":\(span.skipped),\
        "direct":\(content.direct(span, index)),\
        "rejected":\(span.rejected + refusedBySpan[Int32(index), default: 0]),"gaps":\(span.gaps)}
        """
    }
    return "[" + spans.joined(separator: ",") + "]"
  }
}
