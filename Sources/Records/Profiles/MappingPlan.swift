// SPDX-License-Identifier: Apache-2.0
import JSON

/// A profile in the form that runs: flat tables in one arena, every name resolved to an index.
struct MappingPlan: BitwiseCopyable {
  /// An expression; others are meant by their index.
  struct Node: BitwiseCopyable {
    let form: Form
    /// The paths of which it needs one to have a value.
    let needs: SlotSet
    /// It may have a value without.
    let isFree: Bool
    /// Of a constant that is a whole number, else 0.
    let whole: Int
  }

  enum Form: BitwiseCopyable {
    case slot(Int)
    case constant(JSONToken)
    case first(UnsafeBufferPointer<Int>)
    /// The first that is present of slots, which is what most columns are.
    case firstSlot(UnsafeBufferPointer<Int>)
    case call(Transform, UnsafeBufferPointer<Int>)
    case map(Int, UnsafeBufferPointer<Pair>, otherwise: JSONToken?)
    case choose(Int, then: Int, otherwise: Int?)
    case header(Int)
    case key
  }

  struct Pair: BitwiseCopyable {
    let from: UnsafeRawBufferPointer
    let to: JSONToken
  }

  /// A condition; expressions and others are meant by their index.
  enum Test: BitwiseCopyable {
    case present(Int)
    /// With numbers, of which there are some, also a text is compared by its value.
    case equal(Int, UnsafeBufferPointer<JSONToken>, hasNumbers: Bool)
    case starts(Int, UnsafeRawBufferPointer)
    case less(Int, Int, orEqual: Bool)
    case not(Int)
    case all(UnsafeBufferPointer<Int>)
    case any(UnsafeBufferPointer<Int>)
  }

  /// A column with the expression that it is, and the members that are put into it.
  struct Target: BitwiseCopyable {
    /// The key that the record's decoder knows.
    let key: JSONToken
    /// What its value is for; -1 where the key says more than that, and is looked up.
    let column: Int
    /// -1 when only members make it.
    let whole: Int
    let members: UnsafeBufferPointer<Member>
    /// Of an object that members are put into.
    let rule: JSONRule?
    /// Of what it is made.
    let shape: Shape
  }

  enum Shape: BitwiseCopyable {
    case value, object
    /// No more texts than the column takes, and none that is longer: they are not worth the record.
    case list(ColumnPlan.Texts)
    /// The first of paths that is present; as a text of so many characters, if that is not 0.
    case path(UnsafeBufferPointer<Int>, charactersMax: Int)
    /// What the column stores is computed, and not its text.
    case stored(Stored)
  }

  /// The kinds of columns whose values some transforms compute.
  enum Stored: BitwiseCopyable {
    case uuid, timestamp, amount, milliseconds
  }

  struct Member: BitwiseCopyable {
    let key: JSONToken
    /// The key in JSON, with its colon.
    let text: UnsafeRawBufferPointer
    let node: Int
    /// As those of its node.
    let needs: SlotSet
    let isFree: Bool
  }

  let nodes: UnsafeBufferPointer<Node>
  let tests: UnsafeBufferPointer<Test>
  let targets: UnsafeBufferPointer<Target>
  /// Indexes of the targets that may have a value without any path, and by slot of those that need
  /// its path, or one of others.
  let freeTargets: ColumnSet
  let targetsOfSlots: UnsafeBufferPointer<ColumnSet>
  /// By rule: the test.
  let skips: UnsafeBufferPointer<Int>
  let skipMemory: SkipMemory
  let paths: PathTable
  let slotCount: Int
  let headerNames: UnsafeBufferPointer<UnsafeRawBufferPointer>
}
