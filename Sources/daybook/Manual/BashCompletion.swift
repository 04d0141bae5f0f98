// SPDX-License-Identifier: Apache-2.0

/// `daybook completions bash`.
enum BashCompletion {
  static func script(_ table: CompletionTable) -> String {
    let words = ShellText.function(
      "_daybook_words", table.groups.map { (ShellText.quoted($0.chain), echo($0.next)) })
    let flags = ShellText.function(
      "_daybook_flags",
      table.commands.map { (ShellText.quoted($0.name), echo(table.flags(of: $0))) })
    return """
      # shellcheck shell=bash
      # \(ShellText.title)

      \(ShellText.isCommand(table))
      \(words)
      \(flags)
      \(ShellText.wants(table))
      \(complete)
      """
  }

  private static func echo(_ candidates: [CompletionTable.Candidate]) -> String {
    "echo " + ShellText.quoted(candidates.map(\.word).joined(separator: " "))
  }

  /// bash divides `--flag=value` at the sign, into three words.
  private static let complete = #"""
    _daybook_offer() {
      local IFS=$'\n'
      case $1 in
        @files)
          compopt -o filenames 2>/dev/null
          # shellcheck disable=SC2207
          COMPREPLY=($(compgen -f -- "$2"))
          ;;
        @directories)
          compopt -o filenames 2>/dev/null
          # shellcheck disable=SC2207
          COMPREPLY=($(compgen -d -- "$2"))
          ;;
        @commands) _daybook_offer "$(_daybook_words '')" "$2" ;;
        *)
          # shellcheck disable=SC2207
          COMPREPLY=($(compgen -W "${1// /$'\n'}" -- "$2"))
          ;;
      esac
    }

    _daybook() {
      local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
      local chain='' flag='' index=1 wanted
      COMPREPLY=()
      case ${COMP_WORDS[1]} in help | man) ((COMP_CWORD > 1)) && index=2 ;; esac
      while ((index < COMP_CWORD)) && _daybook_is_command "${chain:+$chain }${COMP_WORDS[index]}"; do
        chain="${chain:+$chain }${COMP_WORDS[index]}"
        index=$((index + 1))
      done
      wanted=$(_daybook_words "$chain")
      if ((index == COMP_CWORD)) && [[ -n $wanted && $current != -* ]]; then
        _daybook_offer "$wanted" "$current"
        return
      fi
      if [[ $current == '=' ]]; then
        flag=$before current=''
      elif [[ $before == '=' ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]}
      elif [[ $before == -* ]]; then
        flag=$before
      fi
      if [[ -n $flag ]] && wanted=$(_daybook_wants "$chain" "$flag"); then
        _daybook_offer "$wanted" "$current"
      elif [[ $current == -* ]]; then
        _daybook_offer "$(_daybook_flags "$chain")" "$current"
      elif wanted=$(_daybook_wants "$chain" ''); then
        _daybook_offer "$wanted" "$current"
      fi
    }

    complete -F _daybook daybook

    """#
}
