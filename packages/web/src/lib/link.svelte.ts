/** A study that came by a link: opened when the page starts, its data compared with what the link knows of them. */
import type { PanelErrorFields } from '@gravpanel/panel';
import { SHIPPED } from '../../generated/studies.ts';
import type { Fingerprint } from '../protocol.ts';
import { errorFields, fingerprintsOf } from './engine.ts';
import { linkTo } from './route.svelte.ts';
import { openShipped, openStudy, session } from './session.svelte.ts';
import { packedStudy, type StudyLink, unpackStudy } from './take/link.ts';

export interface OtherData {
  path: string;
  found: string;
  wanted: string;
}

let link = $state.raw<StudyLink>();
let problem = $state.raw<PanelErrorFields>();
let others = $state.raw<OtherData[]>();

export const linked = {
  /** The study that came by a link, while it is the one that is open. */
  get link() {
    return link && session.name === link.name ? link : undefined;
  },
  get problem() {
    return problem;
  },
  /** Files that are not those of the link; undefined while the data are not there. */
  get others() {
    return others;
  },
};

const differing = ({ files }: StudyLink, found: Fingerprint[]): OtherData[] =>
  files.flatMap(({ path, sha256 }) => {
    const own = found.find((file) => file.path === path);
    return own && own.sha256 !== sha256 ? [{ path, found: own.sha256, wanted: sha256 }] : [];
  });

/** Compares the files that are open with the link's. */
export async function compareLinked(): Promise<void> {
  const mine = link;
  if (!mine) return;
  others = undefined;
  try {
    const found = await fingerprintsOf(session.text);
    if (link === mine) others = differing(mine, found);
  } catch {
    // The data are not all there yet; the station of the data says so.
  }
}

async function open(packed: string): Promise<void> {
  location.replace(linkTo('data'));
  try {
    const study = await unpackStudy(packed);
    link = study;
    problem = undefined;
    others = undefined;
    if (SHIPPED.some(({ name }) => name === study.name)) {
      await openShipped(study.name, { text: study.text });
      await compareLinked();
      const differ = linked.others;
      if (differ === undefined || differ.length === 0) return;
    }
    await openStudy(study.name, study.text, {});
  } catch (error) {
    problem = errorFields(error);
  }
}

/** Opens the study of the address; otherwise what a page begins with. */
export async function openStart(first: () => Promise<unknown>): Promise<void> {
  addEventListener('hashchange', () => {
    const packed = packedStudy(location.hash);
    if (packed !== undefined) void open(packed);
  });
  const packed = packedStudy(location.hash);
  if (packed === undefined) return void (await first());
  await open(packed);
  if (problem) await first();
}
