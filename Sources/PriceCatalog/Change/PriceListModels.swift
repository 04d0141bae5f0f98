// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Which models of the catalogue a price list has, named by the fewer of both kinds: a list says
/// nothing of what a model costs that it does not have.
package enum PriceListModels: Sendable, Hashable {
  /// Not known: imports of before.
  case all
  case only(Set<String>)
  case allBut(Set<String>)

  /// `listed` are those of the list, `known` those of the catalogue.
  init(_ listed: Set<PriceModel>, of known: Set<PriceModel>) {
    let missing = known.subtracting(listed)
    self =
      missing.count <= listed.count
      ? .allBut(Set(missing.map(Self.name))) : .only(Set(listed.map(Self.name)))
  }

  /// In order, for `listed` of `price_versions.detail`.
  package var listed: [String]? {
    if case .only(let names) = self { names.sorted() } else { nil }
  }

  /// In order, for `not_listed`.
  package var notListed: [String]? {
    if case .allBut(let names) = self { names.sorted() } else { nil }
  }

  func contains(_ model: PriceModel) -> Bool {
    switch self {
    case .all: true
    case .only(let names): names.contains(Self.name(model))
    case .allBut(let names): !names.contains(Self.name(model))
    }
  }

  private static func name(_ model: PriceModel) -> String { "\(model.provider)/\(model.model)" }
}
