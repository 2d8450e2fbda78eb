import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';

/**
 * `cancelkit completion`: what a shell needs in order to ask `cancelkit complete` for the next word. All that is to be
 * known of the commands stays in there.
 */
export async function completion(shell: string, { output, command }: Session): Promise<number> {
  const script = SCRIPTS[shell] ?? '';
  output.record({ command, ok: true, result: { shell, script } });
  for (const line of script.split('\n')) output.line(line);
  return EXIT.done;
}

const BASH = String.raw`# cancelkit: completion for bash
_cancelkit() {
  local line words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    [[ -n "$line" ]] && COMPREPLY+=("$(printf %q "$line")")
  done < <(cancelkit complete -- "\${words[@]}" 2>/dev/null | cut -f1)
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default; fi
}
complete -F _cancelkit cancelkit`.replaceAll(String.raw`\$`, '$');

const ZSH = String.raw`#compdef cancelkit
# cancelkit: completion for zsh
_cancelkit() {
  local -a found
  local name meaning
  while IFS=$'\t' read -r name meaning; do
    found+=("\${name//:/\\:}:\${meaning}")
  done < <(cancelkit complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe cancelkit found; else _files; fi
}
# As a file in $fpath it is called by the completion itself; sourced, it has to be announced, which compinit enables.
if [[ "\${funcstack[1]}" == _cancelkit ]]; then
  _cancelkit "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i; }
  compdef _cancelkit cancelkit
fi`.replaceAll(String.raw`\$`, '$');

const FISH = String.raw`# cancelkit: completion for fish
function __cancelkit_complete
  set -l words (commandline -opc) (commandline -ct)
  cancelkit complete -- $words[2..-1] 2>/dev/null
end
complete -c cancelkit -f -a '(__cancelkit_complete)'
complete -c cancelkit -n '__fish_seen_subcommand_from bulk' -F
complete -c cancelkit -l config -r -F`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
