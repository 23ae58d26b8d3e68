const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for element content or a quoted attribute. Control characters that XML forbids are removed. */
export const escapeHtml = (text: string) =>
  text
    .replace(/[&<>"']/g, (c) => ENTITIES[c])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');

/** A word that can be an id or a class: letters, digits and hyphens. */
export const slug = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'x';

/** A text as a CSS string. */
export const cssString = (text: string) =>
  `"${text.replace(/[^A-Za-z0-9 .,:;·–-]/gu, (c) => `\\${c.codePointAt(0)?.toString(16)} `)}"`;
