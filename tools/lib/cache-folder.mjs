// Where downloads and unpacked programs are kept from one run to the next, for all clones of this user. Not below
// node_modules, which every installation empties.
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cacheFolder = (env = process.env) => env.GTS_CACHE || join(homedir(), '.cache', 'gts');
