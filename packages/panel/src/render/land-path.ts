/** Outlines of land for a picture: no more points than it can show, written short. */

/** Points nearer than this to the one before, in tenths of a pixel, are left out. */
const NEAR = 9;

const short = (tenths: number) => String(tenths / 10).replace(/^(-?)0\./, '$1.');

function ringPath(ring: string): string {
  const points = ring.split('L').map((point) => point.split(',').map((one) => Math.round(10 * Number(one))));
  let last = points[0];
  const apart = points.filter((point, i) => {
    if (i > 0 && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return false;
    last = point;
    return true;
  });
  // an island of a pixel keeps its shape
  const kept = apart.length < 3 ? points : apart;
  let text = `M${short(kept[0][0])},${short(kept[0][1])}l`;
  for (let i = 1; i < kept.length; i++) {
    const [dx, dy] = [kept[i][0] - kept[i - 1][0], kept[i][1] - kept[i - 1][1]];
    text += `${i > 1 && dx >= 0 ? ' ' : ''}${short(dx)}${dy >= 0 ? ',' : ''}${short(dy)}`;
  }
  return `${text}Z`;
}

/** The path of closed rings ("M…L…Z", as d3-geo writes them, in pixels with one decimal), thinned and in relative steps. */
export function landPath(d: string): string {
  return d
    .split('Z')
    .filter((ring) => ring.startsWith('M'))
    .map((ring) => ringPath(ring.slice(1)))
    .join('');
}
