#!/usr/bin/env node
// `npm run -s gts -- <command>`: the command line.
import { runUnderPinnedNode } from './bootstrap.mjs';

runUnderPinnedNode('cli/main.mjs');
