#!/usr/bin/env node
// `npm test`: installs what is missing, then runs every check and every test.
import { runUnderPinnedNode } from './bootstrap.mjs';

runUnderPinnedNode('verify.mjs');
