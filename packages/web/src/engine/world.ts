/** Boundaries of the countries (Natural Earth 1:50m), fetched by the first map. */
import { PanelError, type World } from '@gravpanel/panel';
import url from 'world-atlas/countries-50m.json?url';

let world: Promise<World> | undefined;

async function load(): Promise<World> {
  try {
    const response = await fetch(new URL(url, import.meta.url));
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return (await response.json()) as World;
  } catch (error) {
    world = undefined;
    throw new PanelError({
      code: 'data/file-not-read',
      message: `The boundaries of the countries cannot be loaded: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Run it again while the page is online.',
    });
  }
}

export function loadWorld(): Promise<World> {
  world ??= load();
  return world;
}
