export * from './chain';
export * from './engine';
export * from './info';
export * from './model';
export * from './oracle';
export * from './parse';
export * from './probe';
