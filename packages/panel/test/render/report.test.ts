import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/render/report.ts';
import type { Report } from '../../src/types.ts';
import { paperReport } from '../paper-report.ts';

const { document } = parseHTML('<html><body></body></html>');
const html = renderReport(paperReport, { document });
const page = parseHTML(html).document;
const HOSTILE = '</style></title><img src=x onerror=alert(1)><script>alert(2)</script>" onload="x';

describe('renderReport', () => {
  it('asks nothing of any other place and runs no script', () => {
    expect(page.querySelectorAll('script, link, iframe, object, embed, img')).toHaveLength(0);
    const addresses = html
      .replace(/xmlns(:\w+)?="[^"]*"/g, '')
      .match(/(?:src|href|url)\s*[=(]\s*["']?(?!data:|#)[^"')\s>]+/g);
    expect(addresses).toBeNull();
    expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });

  it('has a language, landmarks, one h1 and headings that never skip a level', () => {
    expect(page.documentElement.getAttribute('lang')).toBe('en');
    for (const landmark of ['header', 'nav', 'main', 'footer']) expect(page.querySelectorAll(landmark)).toHaveLength(1);
    const levels = [...page.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    });
  });

  it('keeps the order of the report', () => {
    const ids = [...page.querySelectorAll('main > section')].map((section) => section.id);
    expect(ids).toEqual(paperReport.sections.map((section) => `s-${section.id}`));
    expect(page.querySelector('h1')?.textContent).toBe(paperReport.question);
  });

  it('gives every id once and every reference a target', () => {
    const ids = [...page.querySelectorAll('[id]')].map((e) => e.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of ['aria-labelledby', 'for'])
      for (const e of page.querySelectorAll(`[${name}]`)) expect(ids).toContain(e.getAttribute(name));
    for (const a of page.querySelectorAll('a[href^="#"]')) expect(ids).toContain(a.getAttribute('href')?.slice(1));
  });

  it('puts a data table behind every figure', () => {
    for (const figure of page.querySelectorAll('figure.plot')) {
      expect(figure.querySelectorAll('svg[role="img"]')).toHaveLength(2);
      expect(figure.querySelectorAll('details table tbody tr').length).toBeGreaterThan(0);
    }
  });

  it('keeps every user text as text', () => {
    const bad: Report = JSON.parse(JSON.stringify(paperReport));
    Object.assign(bad, {
      title: HOSTILE,
      question: HOSTILE,
      lede: HOSTILE,
      facts: [{ label: HOSTILE, value: HOSTILE }],
    });
    bad.sections[1].title = HOSTILE;
    bad.sections[1].prose = [HOSTILE];
    for (const item of bad.sections[3].items)
      Object.assign(item, { title: HOSTILE, source: HOSTILE, subtitle: HOSTILE, number: HOSTILE });
    Object.assign(bad.manifest, { study: HOSTILE, gravpanel: HOSTILE, runHash: HOSTILE });
    bad.manifest.inputs[0].name = HOSTILE;
    const clean = parseHTML(renderReport(bad, { document })).document;
    expect(clean.querySelectorAll('script, img, [onerror], [onload]')).toHaveLength(0);
    expect(clean.querySelector('h1')?.textContent).toBe(HOSTILE);
    expect(clean.querySelectorAll('style')).toHaveLength(1);
  });

  it('has both themes and a switch that needs no script', () => {
    const style = page.querySelector('style')?.textContent ?? '';
    expect(style).toContain('@media (prefers-color-scheme:dark)');
    for (const theme of ['system', 'light', 'dark']) expect(page.getElementById(`theme-${theme}`)).toBeTruthy();
    expect(style).toContain(':root:has(#theme-dark:checked)');
  });

  it('gives the same bytes twice', () => {
    expect(renderReport(paperReport, { document })).toBe(html);
  });
});
