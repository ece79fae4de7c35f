#!/usr/bin/env node
// `npm start`: from a fresh clone to a rendered demo shootout.
import { runUnderPinnedNode } from './bootstrap.mjs';

runUnderPinnedNode('stack.mjs');
