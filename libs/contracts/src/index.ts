export * from './catalogue';
export * from './define';
export * from './envelope';
export * from './reader';
export * from './schemas';
export * from './subjects';
export * from './rendering';
export {
  renderBlock,
  renderEngine,
  renderError,
  renderInput,
  renderStage,
  renderTone,
  renderWarning,
  renderedTone,
} from './rendering-schemas';
