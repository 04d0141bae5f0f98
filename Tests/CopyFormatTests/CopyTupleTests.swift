// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing

struct CopyTupleTests {
  @Test func findsFieldsBehindNullsAndEmptyOnes() {
    var buffer = CopyBuffer()
    buffer.beginRow(fieldCount: 5)
    buffer.appendNull()
    buffer.append(text: "")
    buffer.append(text: "acme")
    buffer.append(int64: -7)
    buffer.append(int32: 1)
    let row = CopyTuple(buffer.bytes)
    #expect(row.value(0).isEmpty && row.value(1).isEmpty)
    #expect(row.encoded(0).count == 4 && row.encoded(1).count == 4)
    #expect(Array(row.value(2)) == Array("acme".utf8))
    #expect(row.int64(3) == -7)
    #expect(row.int64(4) == nil && row.int64(0) == nil)
  }
}
