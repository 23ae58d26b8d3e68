/** The printed tables that are checked: their text is the source of truth, the audit follows when it is at rest. */
import type { PanelErrorFields } from '@gravpanel/panel';
import { SHIPPED } from '../../../generated/studies.ts';
import type { AuditRequest, AuditView, StudyFileMap } from '../../protocol.ts';
import { auditTables, errorFields, Stopped, takeFile } from '../engine.ts';
import { download } from '../take/download.ts';

const REST = 300;

let request = $state.raw<AuditRequest>({ text: '', name: '' });
let view = $state.raw<AuditView>();
let of = $state.raw<AuditRequest>();
let problem = $state.raw<PanelErrorFields>();
let takeProblem = $state.raw<PanelErrorFields>();
let working = $state(false);

export const auditState = {
  get request() {
    return request;
  },
  get view() {
    return view;
  },
  get problem() {
    return problem;
  },
  get takeProblem() {
    return takeProblem;
  },
  get working() {
    return working;
  },
  /** Whether the audit shown is of the text before an edit. */
  get stale() {
    return view !== undefined && of !== request;
  },
};

let timer: ReturnType<typeof setTimeout> | undefined;

async function check(): Promise<void> {
  const mine = request;
  if (mine.text.trim() === '') {
    view = undefined;
    problem = undefined;
    return;
  }
  working = true;
  try {
    const found = await auditTables(mine);
    if (mine !== request) return;
    view = found;
    of = mine;
    problem = undefined;
  } catch (error) {
    if (mine !== request || error instanceof Stopped) return;
    problem = errorFields(error);
    // Another table's audit under the error of this one would be taken for its own.
    view = undefined;
  } finally {
    if (mine === request) working = false;
  }
}

/** Puts another text or setting in place; it is checked when it has been at rest for a moment. */
export function changeAudit(next: Partial<AuditRequest>): void {
  request = { ...request, ...next };
  clearTimeout(timer);
  timer = setTimeout(() => void check(), REST);
}

export async function openTables(file: File): Promise<void> {
  changeAudit({ text: await file.text(), name: file.name, sources: {} });
}

/** The shipped study whose paper's tables are there to be checked. */
export const EXAMPLE = SHIPPED.find(({ published }) => published !== undefined);

export async function openExample(): Promise<void> {
  try {
    const found = Object.entries(EXAMPLE?.published ?? {}).map(async ([path, url]) => {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
      return [path, await response.blob()] as const;
    });
    const [[name, tables], ...rest] = await Promise.all(found);
    changeAudit({ text: await tables.text(), name, sources: Object.fromEntries(rest) satisfies StudyFileMap });
  } catch (error) {
    problem = { code: 'data/file-not-read', message: errorFields(error).message };
  }
}

export async function takeAudit(format: 'html' | 'json' | 'yaml'): Promise<void> {
  if (!of) return;
  takeProblem = undefined;
  try {
    download(await takeFile({ what: 'audit', request: of, format }));
  } catch (error) {
    takeProblem = errorFields(error);
  }
}
