// SPDX-License-Identifier: Apache-2.0
import JSON

/// A stream compiled for the decoder: flat tables in one arena, every name resolved to an index.
final class DecodePlan {
  let columns: UnsafeBufferPointer<ColumnPlan>
  /// The row of a record that says nothing, but for the columns of `always`: their null.
  let initial: UnsafeBufferPointer<Value>
  /// Columns that are looked at in a record which does not have them.
  let always: ColumnSet
  /// Those that must be there, always or sometimes.
  let required: UnsafeBufferPointer<Int>
  /// Those that an item of others is stored without.
  let details: ColumnSet
  let rules: UnsafeBufferPointer<RulePlan>
  let keys: KeyTable
  let names: JSONNames
  /// The scope of the names of a structured event.
  let eventScope: Int16
  let signals: UnsafeBufferPointer<SignalPlan>
  let watch: WatchPlan
  let rollup: RollupPlan?
  let pricing: PricingPlan?
  let firstTier: FirstTier?
  /// Columns from this one on are part of a fingerprint only when they are there.
  let firstReleaseCount: Int
  /// Indexes of the identity.
  let id, occurredAt, tenant: Int
  private let arena = Arena()

  /// A declaration that names a column which is not there is a bug and stops the process.
  init(_ stream: Stream, parser: JSONParser) {
    precondition(stream.columns.count <= ColumnSet.columnsMax, "\(stream.table) has more columns")
    firstReleaseCount = stream.firstReleaseCount
    precondition(
      stream.columns.dropFirst(firstReleaseCount).allSatisfy { $0.added != nil },
      "\(stream.table) has a column of the first release behind one that was added")
    let compiler = PlanCompiler(stream: stream, arena: arena)
    columns = arena.copy(stream.columns.map(compiler.plan))
    var always = ColumnSet()
    for (index, column) in columns.enumerated() where column.dependsOnOthers {
      always.insert(index)
    }
    initial = arena.copy(columns.map { $0.dependsOnOthers ? .null : $0.fallback })
    self.always = always
    var details = ColumnSet()
    for (index, column) in stream.columns.enumerated() where column.isDetail {
      details.insert(index)
    }
    self.details = details
    required = arena.copy(stream.columns.indices.filter { stream.columns[$0].isRequired })
    rules = arena.copy(stream.rules.map(compiler.plan))
    var builder = KeyTableBuilder(arena: arena, parser: parser)
    builder.add(stream)
    keys = KeyTable(builder, arena: arena)
    names = builder.names()
    eventScope = builder.eventScope
    precondition(
      Set(stream.signals.map(\.column)).count <= 1, "\(stream.table) has signals of two columns")
    signals = arena.copy(stream.signals.map(compiler.plan))
    watch = compiler.plan(stream.watch, paths: builder.paths)
    rollup = stream.rollup.map(compiler.plan)
    pricing = stream.pricing.map(compiler.plan)
    firstTier = stream.pricing.map(compiler.firstTier)
    let identity = stream.identityColumns.map(compiler.index)
    precondition(identity.count == 3, "\(stream.table) declares tenant, time and id")
    (tenant, occurredAt, id) = (identity[0], identity[1], identity[2])
  }
}
