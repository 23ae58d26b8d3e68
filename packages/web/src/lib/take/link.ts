/** A study as the fragment of an address: its text and what its data are known by, never the data. */
import type { PanelErrorFields } from '@gravpanel/panel';
import { EngineError } from '../engine.ts';

export interface LinkedFile {
  path: string;
  sha256: string;
  rows?: number;
}
export interface StudyLink {
  version: 1;
  name: string;
  text: string;
  files: LinkedFile[];
}

/** Characters of a study that a link may hold when it is opened: a few kilobytes must not unfold to gigabytes. */
const MOST = 1_000_000;
/** Whatever follows: a link that a mail program cut or folded is told from none. Of a sentence that goes on after it, the marks are no part. */
const FRAGMENT = /^#s=(.*?)[\s.,;:!?)\]>}"'…。，；：）】》]*$/s;

const fault = (code: string, message: string, hint: string): EngineError =>
  new EngineError({ code: `link/${code}`, message, hint } satisfies PanelErrorFields);
const notReadable = () =>
  fault(
    'not-readable',
    'The link holds no study: it was cut, or changed on its way.',
    'Copy the whole of it again, or open the study file.',
  );

const packedOf = (bytes: Uint8Array) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const bytesOf = (packed: string) =>
  Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const through = (bytes: Uint8Array<ArrayBuffer>, change: GenericTransformStream) =>
  new Blob([bytes]).stream().pipeThrough(change as ReadableWritablePair<Uint8Array, Uint8Array>);

/** The study that an address carries, still packed. */
export const packedStudy = (hash: string): string | undefined => {
  try {
    return FRAGMENT.exec(decodeURIComponent(hash))?.[1];
  } catch {
    return FRAGMENT.exec(hash)?.[1];
  }
};

export async function packStudy(link: StudyLink): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(link));
  const packed = await new Response(through(bytes, new CompressionStream('deflate-raw'))).arrayBuffer();
  return `#s=${packedOf(new Uint8Array(packed))}`;
}

/** @throws EngineError link/too-long. */
async function unfolded(packed: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for await (const chunk of through(
    bytesOf(packed),
    new DecompressionStream('deflate-raw'),
  ) as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST)
      throw fault('too-long', `The study of this link has more than ${MOST} characters.`, 'Open it as a file instead.');
  }
  return text + decoder.decode();
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isFile(value: unknown): value is LinkedFile {
  const { path, sha256, rows } = (value ?? {}) as Record<string, unknown>;
  return (
    isText(path) &&
    path !== '' &&
    isText(sha256) &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    (rows === undefined || Number.isSafeInteger(rows))
  );
}

/** @throws EngineError link/not-readable, link/too-long, link/other-version. */
export async function unpackStudy(packed: string): Promise<StudyLink> {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(await unfolded(packed));
  } catch (error) {
    throw error instanceof EngineError ? error : notReadable();
  }
  const { version, name, text, files } = value ?? {};
  if (typeof version === 'number' && version !== 1)
    throw fault(
      'other-version',
      `The link was made by another version of gravpanel (form ${version}).`,
      'Reload the page to get the newest version.',
    );
  if (!isText(name) || !isText(text) || !Array.isArray(files) || !files.every(isFile)) throw notReadable();
  return { version: 1, name: /^[\w.-]{1,80}$/.test(name) ? name : 'study', text, files };
}
