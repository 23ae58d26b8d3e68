/** The page: one study from its data to the table that is read, all in this tab. */
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { engineApi } from './lib/engine.ts';
import { startLanguage } from './lib/i18n.svelte.ts';

// English where the catalogue cannot be had: a page in another language is better than none.
await startLanguage().catch(() => {});
mount(App, { target: document.getElementById('app')! });
performance.mark('gravpanel:mounted');

/** For the tests and for the console: the calls of the worker as they are. */
Object.defineProperty(globalThis, 'gravpanel', { get: engineApi });
