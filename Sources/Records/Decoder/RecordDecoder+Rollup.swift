// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

extension RecordDecoder {
  /// What the record adds to the rollups; all 0 for a stream without one.
  package var rollup: RollupMeasures {
    plan.rollup?.measures(row) ?? RollupMeasures()
  }

  /// Appends the key of a rollup delta as COPY fields: ``Rollup/keyColumns``, no row header.
  ///
  /// The UTC day is all that the billing day of most tenants depends on; that of a tenant with a
  /// zone of its own depends on the quarter of an hour, too.
  package func appendRollupKey(to buffer: inout CopyBuffer, isZoned: Bool = false) {
    guard let rollup = plan.rollup else { return }
    buffer.append(text: tenant)
    buffer.append(date: occurredAt.day)
    if isZoned { buffer.append(int16: Rollup.slot(of: occurredAt)) } else { buffer.appendNull() }
    rollup.appendKey(row, to: &buffer)
  }
}
