/**
 * A drawing as text → nodes of the page. Only the parts and attributes that the drawings use are taken over, texts as texts, and what is
 * left out is told on the console; a part can refer to another one of the drawing and to nothing else. Styles are set through the object
 * model, which a strict style policy allows where it refuses style attributes.
 */
const NAMESPACE = 'http://www.w3.org/2000/svg';
const PARTS = new Set(
  'svg g path line rect circle ellipse polygon polyline text tspan title desc defs clipPath marker use'.split(' '),
);
const ATTRIBUTES = new Set(
  (
    'class id role viewBox width height x y x1 x2 y1 y2 cx cy r rx ry d points dx dy transform fill fill-opacity fill-rule ' +
    'stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-miterlimit opacity ' +
    'font-family font-size font-weight font-style font-variant text-anchor dominant-baseline paint-order clip-path ' +
    'clip-rule aria-label aria-hidden aria-description preserveAspectRatio marker-start marker-end markerWidth ' +
    'markerHeight refX refY orient shape-rendering letter-spacing overflow pointer-events vector-effect'
  ).split(' '),
);

/** What a style attribute is called while it is read: the policy looks at style attributes even there. */
const STYLE = 'data-style';
const withoutStyles = (text: string) =>
  text.replace(/<[\w:-]+(?:\s+[\w:-]+="[^"]*")*\s*\/?>/g, (tag) => tag.replace(/\sstyle="/, ` ${STYLE}="`));

const leftOut = (what: string) => console.warn(`A drawing has ${what}, which the page leaves out.`);

function copy(from: Element): SVGElement | undefined {
  if (from.namespaceURI !== NAMESPACE || !PARTS.has(from.localName)) {
    leftOut(`<${from.localName}>`);
    return undefined;
  }
  const to = document.createElementNS(NAMESPACE, from.localName) as SVGElement;
  for (const { name, value } of from.attributes) {
    if (name === STYLE) {
      for (const rule of value.split(';')) {
        const at = rule.indexOf(':');
        if (at > 0) to.style.setProperty(rule.slice(0, at).trim(), rule.slice(at + 1).trim());
      }
    } else if (ATTRIBUTES.has(name) || (name === 'href' && value.startsWith('#'))) to.setAttribute(name, value);
    else if (!/^xmlns(:|$)/.test(name)) leftOut(`${name}="${value.slice(0, 40)}"`);
  }
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.textContent ?? '');
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const part = copy(child as Element);
      if (part) to.append(part);
    }
  }
  return to;
}

/** @throws Error where the text is no drawing. */
export function svgElement(text: string): SVGElement {
  const named = /^<svg[^>]*\sxmlns=/.test(text) ? text : text.replace('<svg', `<svg xmlns="${NAMESPACE}"`);
  const parsed = new DOMParser().parseFromString(withoutStyles(named), 'image/svg+xml');
  const drawing = parsed.querySelector('parsererror') ? undefined : copy(parsed.documentElement);
  if (!drawing) throw new Error('The drawing cannot be read.');
  return drawing;
}
