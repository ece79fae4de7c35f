import { createHash } from 'node:crypto';
import { AUDIO_VERSION, type Stage, stageText } from './stage';

/** V8's tables of sine and exponential belong to the major version of Node. */
export const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
/** Engine id of every stage written in TypeScript. */
export const audioEngine = `audio:${AUDIO_VERSION}:node${NODE_MAJOR}`;

/** Lower-case hex SHA-256. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Content key of a stage's result: equal keys mean equal bytes on every node. */
export const stageKey = (stage: Stage): string => sha256(stageText(stage));
