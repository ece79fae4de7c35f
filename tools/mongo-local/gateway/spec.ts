import { without } from '../bson/elements.ts';
import type { Command } from '../wire/frame.ts';

/** What drivers add to every command and the extension does not know. */
const OF_THE_DRIVER: ReadonlySet<string> = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
]);

/** The command as the extension takes it. */
export const specOf = ({ document }: Command): Buffer => without(document, (name) => OF_THE_DRIVER.has(name));
