// SPDX-License-Identifier: Apache-2.0
import PriceCatalog
import Pricing

/// The priced models of a catalogue, to name the one that an unknown name comes nearest to.
struct PriceNeighbours {
  /// Work of a comparison grows with the square of a name.
  private static let bytesMax = 100

  private let names: ProviderNames
  private let models: [String: [(model: String, name: ModelName)]]

  init(_ book: PriceBook) {
    names = book.providerNames
    let all = Set(book.entries.map { PriceModel(provider: $0.provider, model: $0.model) })
      .filter { $0.model.utf8.count <= Self.bytesMax }
    models = Dictionary(grouping: all, by: \.provider).mapValues { models in
      models.map { (model: $0.model, name: ModelName($0.model)) }
    }
  }

  /// A model of the same family and version, or of the same first number of it; nil: there is none,
  /// and a price of anything else would mislead.
  func nearest(provider: String, model: String) -> String? {
    guard model.utf8.count <= Self.bytesMax else { return nil }
    let canonical = names.canonical(provider)
    let near =
      models[canonical] == nil
      ? Suggestion.nearest(to: canonical, among: Array(models.keys)) : canonical
    guard let near, let known = models[near] else { return nil }
    let wanted = ModelName(model)
    let ranked = known.compactMap { candidate in
      wanted.distance(to: candidate.name).map { ($0, candidate.model) }
    }
    guard let closest = ranked.map(\.0).min() else { return nil }
    // Of one version that with the most similar name: the same region, if there is one.
    let best = ranked.filter { $0.0 == closest }.map {
      (Suggestion.distance(model, $0.1), $0.1)
    }.min { $0 < $1 }
    return best.map { "\(near)/\($0.1)" }
  }
}
