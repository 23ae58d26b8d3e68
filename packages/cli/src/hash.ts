/** Hashes, apart from files.ts: loading node:crypto takes longer than a fit. */
import { createHash } from 'node:crypto';

/** Hex SHA-256. */
export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
