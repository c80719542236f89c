import { mount } from 'svelte';
import Root from './shell/App.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/views.css';
import './styles/forced-colors.css';
import { App } from './shell/app.svelte.ts';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
mount(Root, { target, props: { app: new App() } });
