/** The panel map: units down, periods across; count by depth, true zero light, missing hatched, repeated red. */
import type { PanelShape } from '../../protocol.ts';

const STEPS = {
  light: ['#e2eef5', '#b7d3e6', '#83b2d3', '#4d8db9', '#206a98', '#0a4a73', '#06304d'],
  dark: ['#14303f', '#1d4a62', '#2b6a8b', '#4690b6', '#6fb3da', '#a3d3ef', '#d8effb'],
};
const ZERO = { light: '#e1e6e9', dark: '#1b262e' };
const MARKED = { light: '#b07d00', dark: '#e3bd62' };
const REPEATED = { light: '#a8321a', dark: '#f2916b' };
const HATCH = { light: '#7b8790', dark: '#6b7a85' };

/** Step of the sequential scale on √count. */
const depth = (value: number, most: number) =>
  Math.min(STEPS.light.length - 1, Math.floor(Math.sqrt(value / most) * STEPS.light.length));

function hatch(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.beginPath();
  for (let at = -h; at < w; at += 4) {
    context.moveTo(x + at, y + h);
    context.lineTo(x + at + h, y);
  }
  context.stroke();
  context.restore();
}

/** Paints the map at the screen's own resolution. More lines than pixels: each row of pixels shows the fullest of its lines. */
export function paintPanel(
  canvas: HTMLCanvasElement,
  { lines, periods, cells, count, repeated }: PanelShape,
  width: number,
  height: number,
  dark: boolean,
  /** Cells that stand out while the others step back, 1 each. */
  marked?: ArrayLike<number>,
): void {
  const ratio = Math.min(3, devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  const theme = dark ? 'dark' : 'light';
  context.scale(ratio, ratio);
  context.strokeStyle = HATCH[theme];
  context.lineWidth = 0.75;
  const rows = Math.min(lines, Math.floor(height * ratio));
  const again = new Set(repeated?.at);
  const [w, h] = [width / periods.length, height / rows];
  const [gapX, gapY] = [w > 6 ? 1.5 : 0, h > 3 ? 1 : 0];
  let most = 1;
  for (const value of cells) if (value > most) most = value;
  for (let r = 0; r < rows; r++) {
    const [from, to] = [Math.floor((r * lines) / rows), Math.floor(((r + 1) * lines) / rows)];
    for (let p = 0; p < periods.length; p++) {
      let value = -2;
      let stands = false;
      let twice = false;
      for (let u = from; u < to; u++) {
        const cell = cells[u * periods.length + p];
        twice ||= again.has(u * periods.length + p);
        value = Math.max(value, Number.isNaN(cell) ? -1 : cell);
        stands ||= marked?.[u * periods.length + p] === 1;
      }
      const [x, y] = [p * w, r * h];
      context.globalAlpha = marked && !stands ? 0.35 : 1;
      if (value < 0 && !twice) hatch(context, x, y, w - gapX, h - gapY);
      else {
        const steps = STEPS[theme];
        const counted = value === 0 ? ZERO[theme] : steps[count ? depth(value, most) : 3];
        context.fillStyle = twice ? REPEATED[theme] : counted;
        context.fillRect(x, y, w - gapX, h - gapY);
        if (stands) {
          context.fillStyle = MARKED[theme];
          context.globalAlpha = 0.8;
          context.fillRect(x, y, w - gapX, h - gapY);
        }
      }
    }
  }
}
