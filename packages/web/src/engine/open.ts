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

export interface OpenStudy {
  table(): Promise<Frame>;
  panel(): Promise<Frame>;
  tables(): Promise<Record<string, Frame>>;
}

/** One value kept under a key; a failure is not kept. */
function keep<T>() {
  let held: { key: string; value: Promise<T> } | undefined;
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

/** A reader of studies over one set of files. */
export function studyOpener(files: StudyFiles): (study: Study, source: StudySource) => OpenStudy {
  const tableOnce = keep<Frame>();
  const panelOnce = keep<Frame>();
  const tablesOnce = keep<Record<string, Frame>>();
  return (study, source) => {
    const { path, sha256, delimiter, missing, unit, time, join, tables } = study.data;
    const own = JSON.stringify([path, sha256, delimiter, missing]);
    const table = () => tableOnce(own, () => openStudyTable(study, source, files));
    return {
      table,
      panel: () =>
        panelOnce(JSON.stringify([own, unit, time, join]), async () =>
          openStudyPanel(study, source, await table(), files),
        ),
      tables: () => tablesOnce(JSON.stringify(tables ?? {}), () => openFurtherTables(study, source, files)),
    };
  };
}
