// SPDX-License-Identifier: Apache-2.0

/// `daybook completions zsh`.
enum ZshCompletion {
  static func script(_ table: CompletionTable) -> String {
    let words = ShellText.function(
      "_daybook_words", table.groups.map { (ShellText.quoted($0.chain), reply($0.next)) })
    let flags = ShellText.function(
      "_daybook_flags",
      table.commands.map { (ShellText.quoted($0.name), reply(table.flags(of: $0))) })
    return """
      #compdef daybook
      # \(ShellText.title)

      \(ShellText.isCommand(table))
      \(words)
      \(flags)
      \(ShellText.wants(table))
      \(complete)
      """
  }

  /// `WORD:MEANING`, as `_describe` takes it.
  private static func reply(_ candidates: [CompletionTable.Candidate]) -> String {
    let items = candidates.map {
      ShellText.quoted($0.word.replacing(":", with: "\\:") + ":" + $0.meaning)
    }
    return "reply=(\(items.joined(separator: " ")))"
  }

  private static let complete = #"""
    _daybook_offer() {
      case $1 in
        @files) _files ;;
        @directories) _files -/ ;;
        @commands)
          _daybook_words ''
          _describe command reply
          ;;
        *) compadd -- ${=1} ;;
      esac
    }

    _daybook() {
      local chain='' flag='' wanted
      local -a reply
      integer index=2
      [[ $words[2] == (help|man) ]] && (( CURRENT > 2 )) && index=3
      while (( index < CURRENT )) && _daybook_is_command "${chain:+$chain }$words[index]"; do
        chain="${chain:+$chain }$words[index]"
        (( index += 1 ))
      done
      if (( index == CURRENT )) && [[ $words[CURRENT] != -* ]]; then
        _daybook_words "$chain"
        if (( $#reply )); then
          _describe command reply
          return
        fi
      fi
      if [[ $words[CURRENT] == --*=* ]]; then
        flag=${words[CURRENT]%%=*}
        compset -P '*='
      elif [[ $words[CURRENT-1] == -* ]]; then
        flag=$words[CURRENT-1]
      fi
      if [[ -n $flag ]] && wanted=$(_daybook_wants "$chain" "$flag"); then
        _daybook_offer "$wanted"
      elif [[ $words[CURRENT] == -* ]]; then
        _daybook_flags "$chain"
        _describe -o option reply
      elif wanted=$(_daybook_wants "$chain" ''); then
        _daybook_offer "$wanted"
      fi
    }

    if [[ $funcstack[1] == _daybook ]]; then
      _daybook "$@"
    else
      compdef _daybook daybook
    fi

    """#
}
