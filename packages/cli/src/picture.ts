/** SVG → PNG by resvg, an optional part: with the letters that gravpanel ships, so that every machine draws the same picture. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { PanelError } from '@gravpanel/panel';
import { FONT_CHARACTERS } from '@gravpanel/panel/report';

const FONTS = path.join(__dirname, 'fonts');
/** Pixels a CSS pixel. */
const SCALE = 2;

type Resvg = typeof import('@resvg/resvg-js').Resvg;

function loaded(): Resvg | undefined {
  try {
    return (require('@resvg/resvg-js') as typeof import('@resvg/resvg-js')).Resvg;
  } catch {
    return undefined;
  }
}

/** Whether PNG can be drawn here. */
export const hasPictures = () => loaded() !== undefined;

/** Letters that the shipped fonts have not: the machine's own fonts are asked for them. */
const isBeyond = (svg: string) => [...svg].some((c) => c > '\u007f' && !FONT_CHARACTERS.includes(c));

/** The picture at twice its size in pixels. @throws PanelError output/no-png where resvg is not installed. */
export function pngOf(svg: string): Uint8Array {
  const Renderer = loaded();
  if (!Renderer)
    throw new PanelError({
      code: 'output/no-png',
      message: 'PNG needs the optional package @resvg/resvg-js, which is not installed here.',
      hint: 'Install it beside gravpanel, or write SVG.',
    });
  const fontFiles = readdirSync(FONTS)
    .filter((name) => name.endsWith('.ttf'))
    .map((name) => path.join(FONTS, name));
  const font = { fontFiles, loadSystemFonts: isBeyond(svg), defaultFontFamily: 'Source Sans 3' };
  return new Renderer(svg, { fitTo: { mode: 'zoom', value: SCALE }, font }).render().asPng();
}
