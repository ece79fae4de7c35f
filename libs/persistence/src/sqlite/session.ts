import { instantOf, type MessageId } from '@gts/kernel';
import { touchOver } from '../leases';
import type { LeaseRow, Session } from '../session';
import type { Connection } from './connection';
import { sqliteDocuments } from './documents';
import { sqliteOutbox } from './outbox';

/** Everything the port needs, on one connection. */
export const sqliteSession = (db: Connection): Session => ({
  documents: sqliteDocuments(db),
  outbox: sqliteOutbox(db),
  inbox: inbox(db),
  commands: commands(db),
  leases: leases(db),
  nowMs: () => nowOf(db),
});

const nowOf = (db: Connection): number => Number(db.get<{ now: number }>('SELECT store_now() AS now')?.now);

const HELD = 'SELECT name FROM leases WHERE name >= ? AND name < ? AND expires > store_now()';

function leases(db: Connection): Session['leases'] {
  const get = (name: string) =>
    db.get<LeaseRow>('SELECT owner, epoch, expires AS expiresMs FROM leases WHERE name = ?', name);
  const set = (name: string, { owner, epoch, expiresMs }: LeaseRow) =>
    void db.run('leases', 'INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)', name, owner, epoch, expiresMs);
  const held = (prefix: string) =>
    db.all<{ name: string }>(HELD, prefix, `${prefix}\u{10ffff}`).map(({ name }) => name);
  return { get, set, held, touch: touchOver({ get, set }, () => nowOf(db)) };
}

const SEEN = `SELECT message, digest FROM inbox
  WHERE consumer = ? AND message IN (SELECT value FROM json_each(?))`;

const inbox = (db: Connection): Session['inbox'] => ({
  seen: (consumer, ids) => {
    const rows = db.all<{ message: MessageId; digest: string }>(SEEN, consumer, JSON.stringify(ids));
    return new Map(rows.map(({ message, digest }) => [message, digest]));
  },
  insert: (consumer, id, { digest, nowMs }) =>
    void db.run('inbox', 'INSERT INTO inbox VALUES (?, ?, ?, ?)', consumer, id, digest, nowMs),
  purge: (before, limit) =>
    db.run(
      'inbox',
      'DELETE FROM inbox WHERE (consumer, message) IN (SELECT consumer, message FROM inbox WHERE at < ? LIMIT ?)',
      before,
      limit,
    ),
});

type RawCommand = Readonly<{ name: string; digest: string; reply: string; at: number }>;
const FIND = 'SELECT name, digest, reply, at FROM commands WHERE tenant = ? AND actor = ? AND command = ?';

const commands = (db: Connection): Session['commands'] => ({
  find: ({ tenant, actor, commandId }) => {
    const raw = db.get<RawCommand>(FIND, tenant, actor, commandId);
    if (!raw) return undefined;
    const { reply } = JSON.parse(raw.reply) as { reply?: unknown };
    return { name: raw.name, requestDigest: raw.digest, reply, at: instantOf(raw.at) };
  },
  insert: ({ tenant, actor, commandId }, { name, requestDigest, reply }, { nowMs, overwrite }) => {
    const sql = `INSERT ${overwrite ? 'OR REPLACE' : ''} INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)`;
    db.run('commands', sql, tenant, actor, commandId, name, requestDigest, JSON.stringify({ reply }), nowMs);
  },
  purge: (before, limit) =>
    db.run(
      'commands',
      `DELETE FROM commands WHERE (tenant, actor, command) IN
        (SELECT tenant, actor, command FROM commands WHERE at < ? LIMIT ?)`,
      before,
      limit,
    ),
});
