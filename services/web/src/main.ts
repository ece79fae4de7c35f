import './style.css';
import { Refused } from './api';
import { h } from './dom';
import { home } from './home';
import { listen } from './listen';
import { texts } from './texts';

const LISTEN = /^\/listen\/([^/]+)\/?$/;

async function show(main: HTMLElement): Promise<void> {
  main.replaceChildren(h('p', { class: 'soft' }, texts.loading));
  const id = LISTEN.exec(location.pathname)?.[1];
  try {
    await (id ? listen(main, id) : home(main));
  } catch (error) {
    const text = error instanceof Refused && error.status === 404 ? texts.notFound : texts.failed;
    main.replaceChildren(
      h('h1', {}, texts.title),
      h('p', { class: 'problem', role: 'alert' }, text),
      h('a', { href: '/' }, texts.homeHeading),
    );
  }
}

const main = document.getElementById('main');
if (main) void show(main);
