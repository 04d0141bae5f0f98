// SPDX-License-Identifier: Apache-2.0
package import JSON

/// Why a file is no price list of LiteLLM.
package enum LiteLLMError: Error, Hashable, Sendable, CustomStringConvertible {
  case notAnObject
  /// At this byte of the file.
  case malformed(String, byte: Int)
  /// The entry cannot be read as JSON.
  case entry(String, JSONError)
  case duplicateKey(String)
  case entriesMax(Int)
  case noEntries

  package var description: String {
    switch self {
    case .notAnObject: "it is no JSON object: give model_prices_and_context_window.json"
    case .malformed(let what, let byte): "no JSON at byte \(byte): \(what)"
    case .entry(let key, let error): "the entry \(key) cannot be read: \(error)"
    case .duplicateKey(let key): "the entry \(key) is there twice: which one counts?"
    case .entriesMax(let count): "more than \(count) entries: is it a price list?"
    case .noEntries: "no entry has a litellm_provider: give model_prices_and_context_window.json"
    }
  }
}
