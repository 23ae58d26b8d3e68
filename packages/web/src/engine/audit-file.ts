/** An audit as a file. */
import { renderAuditPage } from '@gravpanel/panel/report';
import type { AuditRequest } from '../protocol.ts';
import { audited } from './audit.ts';

const finite = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? undefined : value;

/** The audit as a page, as audit/1, or what was pasted as a tables file. */
export async function auditFile(
  request: AuditRequest,
  format: 'html' | 'json' | 'yaml',
): Promise<{ name: string; content: string }> {
  const { read, published, audit } = await audited(request);
  if (format === 'yaml') return { name: 'tables.yaml', content: read.yaml ?? request.text };
  if (format === 'json') return { name: 'audit.json', content: `${JSON.stringify(audit, finite, 2)}\n` };
  return { name: 'audit.html', content: renderAuditPage(audit, published) };
}
