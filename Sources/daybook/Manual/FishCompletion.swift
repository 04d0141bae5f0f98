// SPDX-License-Identifier: Apache-2.0

/// `daybook completions fish`.
enum FishCompletion {
  static func script(_ table: CompletionTable) -> String {
    let chains = table.chains.map(ShellText.quoted).joined(separator: " ")
    return """
      # \(ShellText.title)

      function __daybook_is_command
          contains -- $argv[1] \(chains)
      end

      \(function("__daybook_words", table.groups.map { ($0.chain, lines($0.next)) }))
      \(function("__daybook_flags", table.commands.map { ($0.name, lines(table.flags(of: $0))) }))
      \(function("__daybook_wants", table.commands.map { ($0.name, wants(table, $0)) }))
      \(complete)
      """
  }

  private static func function(_ name: String, _ cases: [(word: String, body: String)]) -> String {
    let lines = cases.map { "        case \(ShellText.quoted($0.word))\n\($0.body)" }.joined()
    return "function \(name)\n    switch $argv[1]\n\(lines)    end\nend\n"
  }

  /// A line each, the meaning behind a tab.
  private static func lines(_ candidates: [CompletionTable.Candidate]) -> String {
    candidates.map {
      "            printf '%s\\t%s\\n' \($0.word) \(ShellText.quoted($0.meaning))\n"
    }.joined()
  }

  private static func wants(_ table: CompletionTable, _ command: CommandDeclaration) -> String {
    let cases = table.wishes(of: command).map { wish in
      let words = wish.flags.isEmpty ? "''" : wish.flags.joined(separator: " ")
      let answer = ShellText.quoted(ShellText.answer(wish.source))
      return "                case \(words)\n                    echo \(answer)\n"
    }
    return "            switch $argv[2]\n\(cases.joined())"
      + "                case '*'\n                    return 1\n            end\n"
  }

  private static let complete = #"""
    function __daybook_offer
        switch $argv[1]
            case @files
                __fish_complete_path $argv[2]
            case @directories
                __fish_complete_directories $argv[2]
            case @commands
                __daybook_words ''
            case '*'
                string split -n ' ' -- $argv[1]
        end
    end

    function __daybook
        set -l words (commandline -opc)
        set -l current (commandline -ct)
        set -l chain ''
        set -l index 2
        if contains -- "$words[2]" help man
            set index 3
        end
        while test $index -le (count $words)
            set -l next (string trim -- "$chain $words[$index]")
            __daybook_is_command $next; or break
            set chain $next
            set index (math $index + 1)
        end
        set -l following (__daybook_words $chain)
        if test $index -gt (count $words); and test -n "$following"; and not string match -q -- '-*' $current
            printf '%s\n' $following
            return
        end
        if string match -q -- '--*=*' $current
            set -l parts (string split -m 1 = -- $current)
            if set -l wanted (__daybook_wants $chain $parts[1])
                __daybook_offer "$wanted" $parts[2] | string replace -r '^' "$parts[1]="
            end
            return
        end
        if string match -q -- '-*' $words[-1]; and set -l wanted (__daybook_wants $chain $words[-1])
            __daybook_offer "$wanted" $current
        else if string match -q -- '-*' $current
            __daybook_flags $chain
        else if set -l wanted (__daybook_wants $chain '')
            __daybook_offer "$wanted" $current
        end
    end

    complete -c daybook -f -a '(__daybook)'

    """#
}
