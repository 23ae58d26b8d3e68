/** Help of one command: purpose, two examples, then flags. */
import { type Command, Option } from 'commander';

function flagLines(options: readonly Option[]): string[] {
  const heads = options.map((o) => o.flags);
  const width = Math.max(...heads.map((h) => h.length)) + 2;
  return options.flatMap((o, i) => {
    const preset = o.defaultValue === false ? undefined : (o.defaultValueDescription ?? o.defaultValue);
    const words = `${o.description}${preset === undefined ? '' : ` (default ${preset})`}`;
    return wrap(words, 100 - width - 2).map((line, j) => `  ${(j === 0 ? heads[i] : '').padEnd(width)}${line}`);
  });
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}

/** Gives `command` its help text; `after` stands behind the flags. */
export function describeCommand(
  command: Command,
  o: { purpose: string; usage: string; examples: string[]; after?: string },
): Command {
  return command.allowExcessArguments(false).configureHelp({
    formatHelp: (cmd) =>
      `${[
        ...wrap(o.purpose, 100),
        '',
        `Usage: gravpanel ${o.usage}`,
        '',
        'Examples:',
        ...o.examples.map((line) => `  ${line}`),
        '',
        'Flags:',
        ...flagLines([...cmd.options, new Option('-h, --help', 'this text')]),
        ...(o.after ? ['', o.after] : []),
      ].join('\n')}\n`,
  });
}
