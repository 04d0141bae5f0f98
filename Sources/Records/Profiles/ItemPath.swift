// SPDX-License-Identifier: Apache-2.0
import JSON
import Text

/// What leads to a token of an item, for messages.
enum ItemPath {
  static func text(to token: Int, from root: Int, in tape: JSONTape) -> String {
    var path = ""
    var container = root
    while container < token, token < tape[container].next {
      switch tape[container].kind {
      case .object:
        var key = container + 1
        while key < tape[container].next, tape[key].next <= token { key = tape[key].next }
        let name = NameText.of(tape[key].bytes)
        let isPlain = tape[key].bytes.allSatisfy(ExpressionLexer.isNameByte)
        path += (path.isEmpty ? "" : ".") + (isPlain ? name : "\"\(name)\"")
        container = key + 1
        if token == key { return path }
      case .array:
        var (element, index) = (container + 1, 0)
        while element < tape[container].next, tape[element].next <= token {
          (element, index) = (tape[element].next, index + 1)
        }
        path += "[\(index)]"
        container = element
      default: return path
      }
    }
    return path
  }
}
