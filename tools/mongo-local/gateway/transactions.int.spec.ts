import {
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  Long,
  type MongoClient,
  MongoServerError,
  UUID,
} from 'mongodb';
import { connectRaw } from '../spec-support/raw-client.ts';
import { lack, ownDatabase, startWorld, type World } from '../spec-support/world.ts';

type Doc = { _id: number; n?: number; k?: number };
const missing = lack();
const describeHere = missing === undefined ? describe : describe.skip;
const FIRST_START_MS = 300_000;
const IDLE_MS = 300;
const CONFLICT = 112;
const GONE = 251;
/** The driver waits ever longer between tries: on a busy machine that adds up. */
const CONTENTION_MS = 120_000;

describeHere(`transactions of the wire server${missing === undefined ? '' : ` (${missing})`}`, () => {
  let world: World;
  let address: string;
  let client: MongoClient;
  let db: Db;
  let items: Collection<Doc>;
  let sessions: ClientSession[] = [];

  const open = (of: MongoClient = client): ClientSession => {
    const session = of.startSession();
    session.startTransaction();
    sessions.push(session);
    return session;
  };
  const errorOf = async (work: Promise<unknown>): Promise<MongoServerError | undefined> => {
    try {
      await work;
      return undefined;
    } catch (error) {
      if (error instanceof MongoServerError) return error;
      throw error;
    }
  };
  const codeOf = async (work: Promise<unknown>) => (await errorOf(work))?.code;

  beforeAll(async () => {
    world = await startWorld();
    address = await world.gateway();
    client = await world.connect(address);
    db = ownDatabase(client);
    items = await db.createCollection<Doc>('items');
    await items.createIndex({ k: 1 }, { name: 'byK', unique: true, partialFilterExpression: { k: { $exists: true } } });
  }, FIRST_START_MS);
  beforeEach(async () => {
    await items.deleteMany({});
    await items.insertOne({ _id: 0, n: 0 });
  });
  afterEach(async () => {
    for (const session of sessions) await session.endSession();
    sessions = [];
  });
  afterAll(() => world.stop());

  test('are seen inside at once, outside after the commit', async () => {
    const session = open();
    await items.insertOne({ _id: 1 }, { session });
    expect(await items.findOne({ _id: 1 }, { session })).toEqual({ _id: 1 });
    expect(await items.findOne({ _id: 1 })).toBeNull();
    await session.commitTransaction();
    expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1 });
  });

  test('leave nothing when they are aborted', async () => {
    const session = open();
    await items.insertOne({ _id: 1 }, { session });
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    await session.abortTransaction();
    expect(await items.find().toArray()).toEqual([{ _id: 0, n: 0 }]);
  });

  test('read one snapshot from their first read on', async () => {
    const session = open();
    await items.findOne({ _id: 0 }, { session });
    await items.updateOne({ _id: 0 }, { $set: { n: 5 } });
    expect(await items.findOne({ _id: 0 }, { session })).toEqual({ _id: 0, n: 0 });
  });

  test.each<[string, { sort?: Record<string, 1 | -1> }]>([
    ['as they lie', {}],
    ['sorted', { sort: { n: 1, _id: -1 } }],
  ])('page through cursors, %s', async (_, { sort }) => {
    const session = open();
    await items.insertMany(
      Array.from({ length: 120 }, (__, at) => ({ _id: at + 1, n: at % 5 })),
      { session },
    );
    const all = items.find({}, { session, batchSize: 25, ...(sort && { sort }) });
    expect(await all.toArray()).toHaveLength(121);
    await session.commitTransaction();
  });

  test('take their open cursors along', async () => {
    await items.insertMany(Array.from({ length: 50 }, (_, at) => ({ _id: at + 1 })));
    const session = open();
    const cursor = items.find({}, { session, batchSize: 10 });
    await cursor.next();
    const id = cursor.id;
    await session.abortTransaction();
    expect(await codeOf(db.command({ getMore: id, collection: 'items' }))).toBe(43);
  });

  test('a second writer of a document is refused at once, as transient', async () => {
    const [first, second] = [open(), open()];
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session: first });
    const error = await errorOf(items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session: second }));
    expect(error?.code).toBe(CONFLICT);
    expect(error?.hasErrorLabel('TransientTransactionError')).toBe(true);
    await first.commitTransaction();
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 1 });
  });

  test('a writer on an outdated snapshot is refused, too', async () => {
    const session = open();
    await items.findOne({ _id: 0 }, { session });
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } });
    expect(await codeOf(items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session }))).toBe(CONFLICT);
  });

  test('two inserts of one key: the second is refused while the first is open', async () => {
    const [first, second] = [open(), open()];
    await items.insertOne({ _id: 1, k: 1 }, { session: first });
    expect(await codeOf(items.insertOne({ _id: 2, k: 1 }, { session: second }))).toBe(CONFLICT);
    await first.commitTransaction();
    expect(await codeOf(items.insertOne({ _id: 2, k: 1 }, { session: open() }))).toBe(11_000);
  });

  test.each<[string, (session: ClientSession) => Promise<unknown>]>([
    ['a duplicate', (session) => items.insertOne({ _id: 0 }, { session })],
    ['one refused of a bulk', (session) => items.insertMany([{ _id: 5 }, { _id: 0 }], { session })],
    ['a wrong query', (session) => items.find({ $nonsense: 1 }, { session }).toArray()],
  ])('%s ends all of it: what comes after and the commit are refused', async (_, fail) => {
    const session = open();
    await items.insertOne({ _id: 1 }, { session });
    await expect(fail(session)).rejects.toBeInstanceOf(MongoServerError);
    expect(await codeOf(items.insertOne({ _id: 2 }, { session }))).toBe(GONE);
    expect(await codeOf(session.commitTransaction())).toBe(GONE);
    expect(await items.countDocuments()).toBe(1);
  });

  test('a commit may be repeated; other ends are told apart', async () => {
    const wire = await connectRaw(address);
    const lsid = { id: new UUID() };
    const say = async (number: number, command: Document) => {
      const $db = 'commitTransaction' in command || 'abortTransaction' in command ? 'admin' : db.databaseName;
      const answer = await wire.ask({ ...command, lsid, txnNumber: Long.fromNumber(number), autocommit: false, $db });
      return answer['ok'] === 1 ? 'ok' : (answer['code'] as number);
    };
    const begin = { find: 'items', startTransaction: true };
    expect(await say(1, begin)).toBe('ok');
    expect(await say(1, { commitTransaction: 1 })).toBe('ok');
    expect(await say(1, { commitTransaction: 1 })).toBe('ok');
    expect(await say(1, { abortTransaction: 1 })).toBe(256);
    expect(await say(2, begin)).toBe('ok');
    expect(await say(2, { abortTransaction: 1 })).toBe('ok');
    expect(await say(2, { commitTransaction: 1 })).toBe(GONE);
    expect(await say(3, { commitTransaction: 1 })).toBe(GONE);
    expect(await say(3, { find: 'items' })).toBe(GONE);
    expect(await say(2, begin)).toBe(GONE);
    wire.close();
  });

  test('a session has one at a time: the next one rolls back the one before', async () => {
    const wire = await connectRaw(address);
    const common = { lsid: { id: new UUID() }, autocommit: false, $db: db.databaseName };
    const write = { update: 'items', updates: [{ q: { _id: 0 }, u: { $inc: { n: 1 } } }] };
    await wire.ask({ ...write, ...common, txnNumber: Long.fromNumber(5), startTransaction: true });
    await wire.ask({ ...write, ...common, txnNumber: Long.fromNumber(6), startTransaction: true });
    const old = await wire.ask({ ...write, ...common, txnNumber: Long.fromNumber(4), startTransaction: true });
    expect(old).toMatchObject({ ok: 0, code: 225 });
    const end = { commitTransaction: 1, ...common, $db: 'admin' };
    expect(await wire.ask({ ...end, txnNumber: Long.fromNumber(5) })).toMatchObject({ code: GONE });
    expect(await wire.ask({ ...end, txnNumber: Long.fromNumber(6) })).toMatchObject({ ok: 1 });
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 1 });
    wire.close();
  });

  test(
    '16 writers with 10 read-modify-write transactions each lose no increment',
    async () => {
      const increment = (session: ClientSession) =>
        session.withTransaction(async () => {
          const found = await items.findOne({ _id: 0 }, { session });
          await items.updateOne({ _id: 0 }, { $set: { n: (found?.n ?? 0) + 1 } }, { session });
        });
      const writer = () =>
        client.withSession(async (session) => {
          for (let left = 10; left > 0; left -= 1) await increment(session);
        });
      await Promise.all(Array.from({ length: 16 }, writer));
      expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 160 });
    },
    CONTENTION_MS,
  );

  test('a single write waits for a transaction instead of showing a conflict', async () => {
    const session = open();
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    const single = items.updateOne({ _id: 0 }, { $inc: { n: 10 } });
    const several = items.bulkWrite([
      { insertOne: { document: { _id: 7 } } },
      { updateOne: { filter: { _id: 0 }, update: { $inc: { n: 100 } } } },
    ]);
    await session.commitTransaction();
    await Promise.all([single, several]);
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 111 });
  });

  test('a single write that waits in vain is told so, and has no effect, nor have its neighbours', async () => {
    const hasty = await world.connect(await world.gateway({ patienceMs: IDLE_MS }));
    const session = open();
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    const same = hasty.db(db.databaseName).collection<Doc>('items');
    expect(await codeOf(same.updateOne({ _id: 0 }, { $inc: { n: 10 } }))).toBe(50);
    await items.insertOne({ _id: 7, n: 0 });
    const add = (_id: number) => ({ updateOne: { filter: { _id }, update: { $inc: { n: 100 } } } });
    expect(await codeOf(same.bulkWrite([add(7), add(0)]))).toBe(50);
    expect(await items.findOne({ _id: 7 })).toEqual({ _id: 7, n: 0 });
    await session.commitTransaction();
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 1 });
  });

  test('one that a client leaves behind by closing its connection frees its locks', async () => {
    const leaver = await world.connect(address);
    const session = open(leaver);
    await leaver
      .db(db.databaseName)
      .collection<Doc>('items')
      .updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    const waiting = items.updateOne({ _id: 0 }, { $inc: { n: 10 } });
    await leaver.close(true);
    await waiting;
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 10 });
  });

  test('one that lies idle too long is rolled back, its lock free', async () => {
    const short = await world.connect(await world.gateway({ txIdleMs: IDLE_MS }));
    const session = open(short);
    await short
      .db(db.databaseName)
      .collection<Doc>('items')
      .updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    await items.updateOne({ _id: 0 }, { $inc: { n: 10 } });
    expect(await codeOf(session.commitTransaction())).toBe(GONE);
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 10 });
  });

  test('those of a killed gateway free their locks', async () => {
    const { address: mortal, kill } = await world.gatewayProcess();
    const doomed = await world.connect(mortal);
    const session = open(doomed);
    await doomed
      .db(db.databaseName)
      .collection<Doc>('items')
      .updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    const waiting = items.updateOne({ _id: 0 }, { $inc: { n: 10 } });
    await kill();
    await waiting;
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 10 });
    sessions = sessions.filter((each) => each !== session);
  });

  test('when PostgreSQL drops its connections, a transaction may be run again, and the next one runs', async () => {
    const session = open();
    await items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session });
    await world.dropConnections();
    const refused = await errorOf(items.updateOne({ _id: 0 }, { $inc: { n: 1 } }, { session }));
    expect(refused?.code).toBe(91);
    expect(refused?.hasErrorLabel('TransientTransactionError')).toBe(true);
    await items.updateOne({ _id: 0 }, { $inc: { n: 10 } });
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 10 });
  });

  test('a write whose answer was lost has one effect', async () => {
    const wire = await connectRaw(address);
    const write = { update: 'items', updates: [{ q: { _id: 0 }, u: { $inc: { n: 1 } } }], $db: db.databaseName };
    const session = { lsid: { id: new UUID() } };
    const say = (number: number) => wire.ask({ ...write, ...session, txnNumber: Long.fromNumber(number) });
    expect(await say(7)).toMatchObject({ n: 1, nModified: 1, ok: 1 });
    expect(await say(7)).toMatchObject({ n: 1, nModified: 1, ok: 1 });
    await say(8);
    expect(await items.findOne({ _id: 0 })).toEqual({ _id: 0, n: 2 });
    wire.close();
  });
});
