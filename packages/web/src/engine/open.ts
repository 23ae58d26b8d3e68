/** The tables of a study, read once and kept for as long as the part of the study that they depend on stays the same. */
import {
  type Frame,
  openFurtherTables,
  openStudyPanel,
  openStudyTable,
  type Study,
  type StudyFiles,
  type StudySource,
} from '@gravpanel/panel';
import type { ReadAs } from '../protocol.ts';

export interface OpenStudy {
  table(): Promise<Frame>;
  panel(): Promise<Frame>;
  tables(): Promise<Record<string, Frame>>;
}

/** One value kept under a key; a failure is not kept. */
function keep<T>(held?: { key: string; value: Promise<T> }) {
  return (key: string, make: () => Promise<T>): Promise<T> => {
    if (held?.key === key) return held.value;
    const value = make();
    held = { key, value };
    value.catch(() => {
      if (held?.value === value) held = undefined;
    });
    return value;
  };
}

type Data = Study['data'];
/** What the rows of the table depend on. */
const ofTable = ({ path, sha256, delimiter, encoding, numbers, missing, sheet }: Pick<Data, 'path'> & Partial<Data>) =>
  JSON.stringify([path, sha256, delimiter, encoding, numbers, missing, sheet]);

/**
 * A reader of studies over one set of files.
 * @param known a table that has been read already, as a study reads it that says no more of it than that.
 */
export function studyOpener(
  files: StudyFiles,
  known?: ReadAs & { path: string; frame: Frame },
): (study: Study, source: StudySource) => OpenStudy {
  const tableOnce = keep(known && { key: ofTable(known), value: Promise.resolve(known.frame) });
  const panelOnce = keep<Frame>();
  const tablesOnce = keep<Record<string, Frame>>();
  return (study, source) => {
    const { tables, ...own } = study.data;
    const table = () => tableOnce(ofTable(own), () => openStudyTable(study, source, files));
    return {
      table,
      panel: () => panelOnce(JSON.stringify(own), async () => openStudyPanel(study, source, await table(), files)),
      tables: () => tablesOnce(JSON.stringify(tables ?? {}), () => openFurtherTables(study, source, files)),
    };
  };
}
