// What runs in a browser as well: reading captures, the planner, the kernel and stage 5, without anything of Node.
// Whoever plays there compiles dist/kernel.wasm and hands it to `createOwnEngine`; what that does not support
// (`chooseEngine` says `compat`) can be heard after rendering only.
import './without-eval';

export * from './chain';
export * from './engine';
export * from './info';
export * from './model';
export * from './parse';
export * from './probe';
export * from './steps';
export * from './own/engine';
