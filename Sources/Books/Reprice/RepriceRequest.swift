// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import PriceCatalog

/// Which calls are priced again. A producer's own cost is never touched.
package struct RepriceRequest: Sendable, Equatable {
  /// First `occurred_at`, and the first one behind it.
  package var from: Timestamp
  package var to: Timestamp
  /// Of the calls' billing days; nil for all of the range.
  package var month: Month?
  package var tenant: String?
  package var provider: String?
  /// The model that answered, or else the one asked for.
  package var model: String?
  package var reason: String
  package var isDryRun: Bool

  package init(
    from: Timestamp, to: Timestamp, tenant: String? = nil, provider: String? = nil,
    model: String? = nil, reason: String, isDryRun: Bool = false
  ) {
    self.from = from
    self.to = to
    self.tenant = tenant
    self.provider = provider
    self.model = model
    self.reason = reason
    self.isDryRun = isDryRun
  }

  package init(
    _ span: CallSpan, tenant: String? = nil, provider: String? = nil, model: String? = nil,
    reason: String, isDryRun: Bool = false
  ) {
    self.init(
      from: span.range.lowerBound, to: span.range.upperBound, tenant: tenant, provider: provider,
      model: model, reason: reason, isDryRun: isDryRun)
    month = span.month
  }
}
