export type { Phase } from './drain';
export { ensureDurability } from './durability';
export * from './handles';
export { openRpcClient } from './infrastructure';
export { startOpsServer } from './ops-server';
export { type Readiness, readiness, type ReadinessReport, serves } from './readiness';
export { type ProcessParts, runProcess, type Running } from './process';
export { runService, type ServiceSpec } from './run-service';
export { ensureTopology } from './topology';
export * from './service';
export {
  artefactsPlace,
  commonSettings,
  type CommonSettings,
  durationSetting,
  EX_CONFIG,
  flagSetting,
  parseConfig,
  secretSetting,
  secretsOf,
  SettingsError,
  type Shape,
  unknownSettings,
} from './settings';
