/** The page: one study from its data to the table that is read, all in this tab. */
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { engineApi } from './lib/engine.ts';

mount(App, { target: document.getElementById('app')! });

/** For the tests and for the console: the calls of the worker as they are. */
Object.defineProperty(globalThis, 'gravpanel', { get: engineApi });
