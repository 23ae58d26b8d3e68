/** A pasted table as a published-tables file. */
import type { PastedTable } from './audit-paste.ts';

const NOBS = /^(?:n|obs\.?|observations?|num(?:ber)?\.? ?(?:of )?obs\w*\.?|no\.? of obs\w*\.?|sample size)$/i;

const plainKey = (text: string) =>
  /^[A-Za-z_][\w.]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
const number = (text: string) => (/^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? text : JSON.stringify(text));
const comment = (text: string) => `# ${text.replace(/\s+/g, ' ').trim()}`;

/** Names that occur twice get a number. */
function distinct(names: string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}

/** The pasted table as a published-tables file, with what to compare in comments. */
export function pasteYaml(table: PastedTable): string {
  const { id, columns, rows, foot, stars, starsPrinted, second, law, doubts, title, notes } = table;
  const labels = distinct(rows.map((r) => r.label));
  // A table without any mark says nothing with stars; that it lacks them is no contradiction.
  const marked = starsPrinted || rows.some((r) => r.cells.some((cell) => cell?.stars));
  const lines = [
    comment('From a pasted table. Compare it with the page, then: gravpanel audit FILE'),
    ...(title ? [comment(title)] : []),
    ...doubts.map((d) => comment(`check: ${d}`)),
    ...(marked ? ['meta:'] : [comment('no stars are printed, and no levels of any: stars are not checked')]),
    ...(marked
      ? [
          `  stars: { ${stars.map((s) => `${JSON.stringify(s.symbol)}: ${s.level}`).join(', ')} }${starsPrinted ? '' : '  # not in the notes: the usual levels'}`,
        ]
      : []),
    `${id}:`,
  ];
  for (const [j, column] of distinct(columns).entries()) {
    lines.push(`  ${JSON.stringify(column)}:`);
    rows.forEach((row, i) => {
      const cell = row.cells[j];
      if (!cell) return;
      const beside = cell.second ? number(cell.second.text) : '""';
      lines.push(
        `    ${plainKey(labels[i])}: [${number(cell.estimate.text)}, ${beside}${marked ? `, ${JSON.stringify(cell.stars)}` : ''}]`,
      );
    });
  }
  const nobs = foot.find((f) => NOBS.test(f.label));
  if (nobs) {
    const values =
      nobs.values.length === columns.length
        ? columns.map((c, j) => `${JSON.stringify(c)}: ${number(nobs.values[j])}`)
        : [];
    lines.push(values.length > 0 ? `${id}_nobs: { ${values.join(', ')} }` : `${id}_nobs: ${number(nobs.values[0])}`);
  }
  const settings = [second !== 'se' && `second: ${second}`, law && `dist: ${law}`].filter(Boolean);
  if (settings.length > 0) lines.push(`${id}_settings: { ${settings.join(', ')} }`);
  for (const f of foot.filter((x) => x !== nobs)) lines.push(comment(`not checked: ${f.label} ${f.values.join(' ')}`));
  if (notes) lines.push(comment(`notes: ${notes}`));
  return `${lines.join('\n')}\n`;
}
