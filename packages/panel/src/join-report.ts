/** What the joins of a study did, in words. */
import { count } from './format.ts';
import type { Frame, JoinLog, Note } from './types.ts';

const SHOWN = 5;

const some = (list: string[], all: number) => `${list.slice(0, SHOWN).join('; ')}${all > SHOWN ? '; …' : ''}`;

const lostWords = ({ unmatchedKeys }: JoinLog) =>
  some(
    unmatchedKeys.map(({ key, rows }) => (rows > 1 ? `${key} (${count(rows)} rows)` : key)),
    unmatchedKeys.length,
  );

/** One line a join: the table, its keys, and how many rows found a match. */
export const joinFacts = ({ joins = [] }: Frame) =>
  joins.map(({ name, on, matched, unmatched, columns }) => ({
    label: 'Joined',
    value: `${name} by ${on}: ${columns.join(', ')}; ${count(matched)} of ${count(matched + unmatched)} rows matched`,
  }));

/** A note for each join that left rows without a match. */
export const joinNotes = ({ joins = [] }: Frame): Note[] =>
  joins
    .filter(({ unmatched }) => unmatched > 0)
    .map((log) => ({
      code: 'unmatched',
      message: `${count(log.unmatched)} of ${count(log.matched + log.unmatched)} rows have no match in ${log.name} by ${log.on} and miss its columns: ${lostWords(log)}.${unresolvedWords(log)}`,
    }));

/** A spelling of the other table that is no country may be the row that is wanted. */
const unresolvedWords = ({ unresolved, name }: JoinLog) =>
  unresolved.length === 0 ? '' : ` No country of ISO 3166 in ${name}: ${some(unresolved, unresolved.length)}.`;
