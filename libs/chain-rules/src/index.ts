export * from './blocks';
export * from './effects';
export * from './findings';
export * from './grammar';
export * from './guidance';
