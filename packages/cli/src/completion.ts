/** `gravpanel completion`: a script for the shell; flags are read from each command's own help. */
import { Argument, Command } from 'commander';
import { commands } from './commands.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

/** Long flags of a command, from its help. */
const FLAGS_OF = String.raw`gravpanel "$1" --help 2>/dev/null | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'`;

const bash = (names: string[]) => `# gravpanel completion bash > ~/.local/share/bash-completion/completions/gravpanel
_gravpanel_flags() { ${FLAGS_OF}; }
_gravpanel() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$(_gravpanel_flags "\${COMP_WORDS[1]}")" -- "$word"))
  else
    compopt -o default
    COMPREPLY=()
  fi
}
complete -F _gravpanel gravpanel
`;

const zsh = (names: string[]) => `#compdef gravpanel
# gravpanel completion zsh > a folder of $fpath, as _gravpanel
_gravpanel_flags() { ${FLAGS_OF}; }
_gravpanel() {
  if (( CURRENT == 2 )); then
    local -a names=(${names.map((name) => `'${name}:${commands[name].replaceAll(/[':]/g, ' ')}'`).join(' ')})
    _describe command names
  elif [[ $words[CURRENT] == -* ]]; then
    compadd -- \${(f)"$(_gravpanel_flags $words[2])"}
  else
    _files
  fi
}
compdef _gravpanel gravpanel
`;

const fish = (names: string[]) => `# gravpanel completion fish > ~/.config/fish/completions/gravpanel.fish
function __gravpanel_flags
    set -l words (commandline -opc)
    set -q words[2]; and gravpanel $words[2] --help 2>/dev/null | sed -n 's/^  \\(-[a-z], \\)\\{0,1\\}\\(--[a-z-]*\\).*/\\2/p'
end
${names.map((name) => `complete -c gravpanel -n __fish_use_subcommand -f -a ${name} -d '${commands[name].replaceAll("'", ' ')}'`).join('\n')}
complete -c gravpanel -n 'not __fish_use_subcommand' -a '(__gravpanel_flags)'
`;

const SHELLS: Record<string, (names: string[]) => string> = { bash, zsh, fish };

async function act(shell: string): Promise<void> {
  if (!Object.hasOwn(SHELLS, shell))
    throw usageError(
      'wrong-value',
      `"${shell}" is not a shell of completion.`,
      `Known: ${Object.keys(SHELLS).join(', ')}.`,
    );
  await write(process.stdout, SHELLS[shell](Object.keys(commands)));
}

function define(): Command {
  const command = new Command('completion').addArgument(new Argument('<shell>', 'bash, zsh or fish'));
  for (const option of commonFlags('quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose: 'Prints a script that completes commands, flags and files in a shell.',
    usage: 'completion bash|zsh|fish',
    examples: [
      'gravpanel completion bash > ~/.local/share/bash-completion/completions/gravpanel',
      'source <(gravpanel completion bash)',
    ],
    after: 'Exit codes: 0 ok, 2 usage.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
