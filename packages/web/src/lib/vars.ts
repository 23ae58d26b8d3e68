/** Custom properties and sizes set through the object model, which a strict style policy allows where it refuses style attributes. */
export const vars = (values: Record<string, string>) => (element: HTMLElement) => {
  for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value);
};
