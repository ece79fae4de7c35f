export type { Phase } from './drain';
export * from './handles';
export { openRpcClient } from './infrastructure';
export { type Readiness, readiness, startOpsServer } from './ops-server';
export { type ProcessParts, runProcess, type Running } from './process';
export { ensureTopology, runService, type ServiceSpec } from './run-service';
export * from './service';
export {
  commonSettings,
  type CommonSettings,
  durationSetting,
  EX_CONFIG,
  flagSetting,
  parseConfig,
  SettingsError,
} from './settings';
