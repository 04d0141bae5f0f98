// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// Batches of CloudEvents are read event by event.
@Suite struct EventBatchTests {
  private let decoder = RecordDecoder(stream: .auditLogs)

  private func event(_ id: String, _ more: String = "\"actor_id\":\"u\"") -> String {
    """
    {"specversion":"1.0","id":"\(id)","source":"/auth","type":"t","time":"2026-08-21T09:15:02Z",
     "data":{"tenant_id":"acme","action":"user.login",\(more)}}
    """
  }

  @Test(arguments: [[], [("content-type", "application/cloudevents-batch+json; charset=utf-8")]])
  func eachEventIsARow(headers: [(String, String)]) {
    let batch = Sample("[\(event("a")), \(event("b", "\"x\":1")),\(event("c"))]", headers: headers)
    let results = ItemResult.all(of: batch, decoder)
    #expect(results.count == 3)
    #expect(results.count > 1 && results[1] == .refused("missing_field", "actor_id"))
    guard case .row(let first) = results.first, case .row(let last) = results.last else {
      Issue.record("\(results)")
      return
    }
    #expect(first["event_id"] != last["event_id"] && first["service"] == .text("/auth"))
  }

  @Test func oneEventWithoutItsArrayIsARow() {
    let type = [("content-type", "application/cloudevents-batch+json")]
    let results = ItemResult.all(of: Sample(event("a"), headers: type), decoder)
    let batch = ItemResult.all(of: Sample("[\(event("a"))]", headers: type), decoder)
    #expect(results == batch && results.count == 1)
    guard case .row = results.first else {
      Issue.record("\(results)")
      return
    }
  }

  @Test func aFaultIsFoundInTheRecord() throws {
    let long = String(repeating: "x", count: 300)
    let text = "[\(event("a")),\(event("b", "\"actor_id\":\"\(long)\""))]"
    let offset = try #require(text.range(of: "xxx")).lowerBound
    Sample(text).withRecord(decoder) { record in
      do throws(Rejection) {
        try decoder.open(record, now: testNow)
        _ = try decoder.next()
        _ = try decoder.next()
        Issue.record("the second event is refused")
      } catch {
        let located = decoder.located(error)
        #expect(Int(located.offset) == text.utf8.distance(from: text.startIndex, to: offset))
        #expect(decoder.item == 1)
      }
    }
  }

  @Test func anEmptyBatchHasNoItemsAndADamagedOneIsRefusedAsAWhole() {
    let type = [("content-type", "application/cloudevents-batch+json")]
    #expect(ItemResult.all(of: Sample("[]", headers: type), decoder) == [])
    #expect(
      ItemResult.all(of: Sample("[\(event("a"))", headers: type), decoder)
        == [.refused("not_json", nil)])
    #expect(ItemResult.all(of: Sample("[]"), decoder) == [.refused("not_object", nil)])
    #expect(ItemResult.all(of: Sample("[{\"a\":1}]"), decoder) == [.refused("not_object", nil)])
  }
}
