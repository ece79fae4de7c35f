import type { Collection, Db, MongoClient } from 'mongodb';
import { lack, ownDatabase, startWorld, type World } from '../spec-support/world.ts';

type Doc = { _id: number | string; [name: string]: unknown };
const missing = lack();
const describeHere = missing === undefined ? describe : describe.skip;
const FIRST_START_MS = 300_000;
const DUPLICATE = 11_000;

describeHere(`the wire server with the official driver${missing === undefined ? '' : ` (${missing})`}`, () => {
  let world: World;
  let client: MongoClient;
  let db: Db;
  const made = async (name: string): Promise<Collection<Doc>> => db.createCollection<Doc>(name);

  beforeAll(async () => {
    world = await startWorld();
    client = await world.connect(await world.gateway());
    db = ownDatabase(client);
  }, FIRST_START_MS);
  afterAll(() => world.stop());

  test('is a replica set of one with sessions', async () => {
    const hello = await db.admin().command({ hello: 1 });
    expect(hello).toMatchObject({ setName: 'rs0', isWritablePrimary: true, logicalSessionTimeoutMinutes: 30 });
    expect(hello['hosts']).toEqual([hello['me']]);
  });

  describe('indexes', () => {
    let people: Collection<Doc>;
    const refusal = (index: string) => ({
      code: DUPLICATE,
      message: expect.stringContaining(`index: ${index} dup key`) as string,
    });

    beforeAll(async () => {
      people = await made('people');
      await people.createIndex({ mail: 1 }, { name: 'byMail', unique: true });
      const some = { badge: { $exists: true } };
      await people.createIndex({ badge: 1 }, { name: 'byBadge', unique: true, partialFilterExpression: some });
      await people.createIndex({ seenAt: 1 }, { name: 'gone', expireAfterSeconds: 3600 });
      await people.insertMany([
        { _id: 1, mail: 'a' },
        { _id: 2, mail: 'b', badge: 7 },
      ]);
    });

    test('are listed as they were made', async () => {
      expect(await people.indexes()).toEqual([
        expect.objectContaining({ name: '_id_' }),
        expect.objectContaining({ name: 'byMail', unique: true, key: { mail: 1 } }),
        expect.objectContaining({ name: 'byBadge', partialFilterExpression: { badge: { $exists: true } } }),
        expect.objectContaining({ name: 'gone', expireAfterSeconds: 3600 }),
      ]);
    });

    test.each<[string, () => Promise<unknown>]>([
      ['insert', () => people.insertOne({ _id: 3, mail: 'a' })],
      ['update', () => people.updateOne({ _id: 2 }, { $set: { mail: 'a' } })],
      ['findAndModify', () => people.findOneAndUpdate({ _id: 2 }, { $set: { mail: 'a' } })],
      ['upsert', () => people.updateOne({ _id: 9 }, { $set: { mail: 'a' } }, { upsert: true })],
      ['bulk', () => people.bulkWrite([{ insertOne: { document: { _id: 4, mail: 'a' } } }])],
    ])('a unique one refuses a duplicate by %s', async (_, write) => {
      await expect(write()).rejects.toMatchObject(refusal('byMail'));
    });

    test('the first field of all is unique by itself', async () => {
      const again = people.insertOne({ _id: 1, mail: 'z' });
      await expect(again).rejects.toMatchObject(refusal('_id_'));
    });

    test('a partial one lets pass what it does not cover', async () => {
      await people.insertOne({ _id: 5, mail: 'e' });
      const covered = people.insertOne({ _id: 6, mail: 'f', badge: 7 });
      await expect(covered).rejects.toMatchObject(refusal('byBadge'));
    });

    test('a unique one over equal keys is not made', async () => {
      const pairs = await made('pairs');
      await pairs.insertMany([
        { _id: 1, k: 1 },
        { _id: 2, k: 1 },
      ]);
      await expect(pairs.createIndex({ k: 1 }, { unique: true })).rejects.toMatchObject({ code: DUPLICATE });
    });

    test('go when they are dropped, and only once', async () => {
      const pages = await made('pages');
      await pages.createIndex({ k: 1 }, { name: 'byK', unique: true });
      await pages.dropIndex('byK');
      await pages.insertMany([
        { _id: 1, k: 1 },
        { _id: 2, k: 1 },
      ]);
      await expect(pages.dropIndex('byK')).rejects.toMatchObject({ code: 27 });
    });
  });

  describe('a bulk', () => {
    const list = (ids: readonly number[]) => ids.map((_id) => ({ _id }));

    test('in order stops at the first refusal', async () => {
      const items = await made('ordered');
      await expect(items.insertMany(list([1, 2, 1, 3]))).rejects.toMatchObject({
        code: DUPLICATE,
        writeErrors: [expect.objectContaining({ index: 2 })],
      });
      expect(await items.countDocuments()).toBe(2);
    });

    test('without order goes on', async () => {
      const items = await made('unordered');
      const all = items.insertMany(list([1, 1, 2, 2, 3]), { ordered: false });
      await expect(all).rejects.toMatchObject({ writeErrors: [{ index: 1 }, { index: 3 }] });
      expect(await items.countDocuments()).toBe(3);
    });

    test('of thousands arrives', async () => {
      const items = await made('many');
      await items.insertMany(list(Array.from({ length: 5000 }, (_, at) => at)));
      await items.updateMany({}, { $set: { seen: true } });
      await items.deleteMany({ _id: { $gte: 4000 } });
      expect(await items.countDocuments({ seen: true })).toBe(4000);
    });
  });

  describe('cursors', () => {
    let items: Collection<Doc>;
    const limited = { batchSize: 40, maxTimeMS: 5000 };
    beforeAll(async () => {
      items = await made('cursors');
      await items.insertMany(Array.from({ length: 300 }, (_, at) => ({ _id: at, group: at % 7 })));
    });

    test.each<[string, () => Promise<unknown[]>, number]>([
      ['a find', () => items.find({}, { batchSize: 40 }).toArray(), 300],
      ['a sorted find', () => items.find({}, { batchSize: 40, sort: { group: 1, _id: -1 } }).toArray(), 300],
      ['an aggregation', () => items.aggregate([{ $match: { group: 3 } }], { batchSize: 10 }).toArray(), 43],
      ['groups', () => items.aggregate([{ $group: { _id: '$group' } }], { batchSize: 2 }).toArray(), 7],
      [
        'a sorted find with a time limit',
        () => items.find({}, { ...limited, sort: { group: 1, _id: -1 } }).toArray(),
        300,
      ],
      ['a find with a time limit', () => items.find({}, limited).toArray(), 300],
      [
        'a sorted aggregation with a time limit',
        () => items.aggregate([{ $sort: { _id: -1 } }], limited).toArray(),
        300,
      ],
      [
        'groups with a time limit',
        () => items.aggregate([{ $group: { _id: '$group' } }], { ...limited, batchSize: 2 }).toArray(),
        7,
      ],
      ['the collections', () => db.listCollections({}, { batchSize: 1 }).toArray(), 3],
    ])('give all pages of %s, each document once', async (_, all, count) => {
      const found = await all();
      expect(new Set(found.map((each) => JSON.stringify(each))).size).toBe(found.length);
      expect(found.length).toBeGreaterThanOrEqual(count);
    });

    test('many at once keep their places', async () => {
      const all = Array.from({ length: 30 }, () => items.find({}, { batchSize: 50, sort: { _id: 1 } }).toArray());
      for (const found of await Promise.all(all)) expect(found.map(({ _id }) => _id)).toEqual([...Array(300).keys()]);
    });

    test('in a transaction, sorted and with a time limit, give all pages', async () => {
      await client.withSession(async (session) => {
        session.startTransaction();
        await items.insertOne({ _id: 300, group: 1 }, { session });
        const found = items.find({}, { ...limited, session, sort: { _id: -1 } });
        expect((await found.toArray()).map(({ _id }) => _id)).toEqual([...Array(301).keys()].reverse());
        await session.abortTransaction();
      });
    });

    test('are bounded by the limit of their find', async () => {
      const found = await items.find({}, { ...limited, sort: { _id: 1 }, limit: 95 }).toArray();
      expect(found.map(({ _id }) => _id)).toEqual([...Array(95).keys()]);
    });

    test('that were left early are closed', async () => {
      const cursor = items.find({}, { ...limited, sort: { _id: 1 } });
      await cursor.next();
      const { id } = cursor;
      await cursor.close();
      await expect(db.command({ getMore: id, collection: 'cursors' })).rejects.toMatchObject({ code: 43 });
    });

    test('that were closed, or belong to another collection, are not found', async () => {
      const page = await db.command({ find: 'cursors', batchSize: 10 });
      const { id } = (page as unknown as { cursor: { id: bigint } }).cursor;
      await expect(db.command({ getMore: id, collection: 'people' })).rejects.toMatchObject({ code: 43 });
      const closed = await db.command({ killCursors: 'cursors', cursors: [id] });
      expect(closed['cursorsKilled']).toEqual([id]);
      await expect(db.command({ getMore: id, collection: 'cursors' })).rejects.toMatchObject({ code: 43 });
    });
  });

  test('text is ordered by its bytes in UTF-8', async () => {
    const words = ['Z', 'a', 'ä', 'é', '￿', '😀', 'aa', 'A', ''];
    const items = await made('words');
    await items.createIndex({ word: 1 });
    await items.insertMany(words.map((word, _id) => ({ _id, word })));
    const found = await items.find({}, { sort: { word: 1 } }).toArray();
    const expected = [...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(found.map(({ word }) => word)).toEqual(expected);
  });

  test('a pipeline writes the time of the server', async () => {
    const items = await made('clock');
    await items.insertOne({ _id: 1 });
    await items.updateOne({ _id: 1 }, [{ $set: { at: '$$NOW' } }]);
    expect((await items.findOne({ _id: 1 }))?.['at']).toBeInstanceOf(Date);
  });

  test('counts, distinct values and sizes', async () => {
    const items = await made('counted');
    await items.insertMany([
      { _id: 1, k: 'a' },
      { _id: 2, k: 'b' },
      { _id: 3, k: 'b' },
    ]);
    expect(await items.estimatedDocumentCount()).toBe(3);
    expect(await items.distinct('k')).toEqual(['a', 'b']);
    expect(await db.command({ collStats: 'counted' })).toMatchObject({ count: 3 });
    const { storageSize, indexSize } = await db.command({ dbStats: 1 });
    expect([storageSize > 0, indexSize > 0]).toEqual([true, true]);
  });

  test('collections are made twice, renamed and dropped without harm', async () => {
    await db.createCollection('first');
    await db.createCollection('first');
    await db.renameCollection('first', 'second');
    expect(await db.collection('second').drop()).toBe(true);
    expect(await db.listCollections({ name: 'second' }).toArray()).toEqual([]);
    await expect(db.collection('second').drop()).resolves.toBe(true);
  });

  test('a read that takes too long is broken off, and the connection goes on', async () => {
    const items = await made('slow');
    await items.insertMany(Array.from({ length: 400 }, (_, _id) => ({ _id })));
    const counting = (to: number) => {
      const count = { $reduce: { input: { $range: [0, to] }, initialValue: 0, in: { $add: ['$$value', 1] } } };
      return { $expr: { $gt: [count, 0] } };
    };
    const slow = items.find(counting(20_000), { maxTimeMS: 20 }).toArray();
    await expect(slow).rejects.toMatchObject({ code: 50 });
    const start = performance.now();
    expect((await items.find(counting(2000)).toArray()).length).toBe(400);
    expect(performance.now() - start).toBeGreaterThan(20);
  });

  test('what lies beyond it is refused, never half done', async () => {
    const items = db.collection('people');
    await expect(items.watch().next()).rejects.toMatchObject({ code: 115 });
    await expect(items.find().explain()).rejects.toMatchObject({ code: 59 });
    await expect(db.admin().serverStatus()).rejects.toMatchObject({ code: 59 });
    await expect(items.find({ $nonsense: 1 }).toArray()).rejects.toMatchObject({ code: 2 });
  });

  test('operators in field names stay data', async () => {
    const items = await made('inert');
    await items.insertOne({ _id: 1, a: { $ne: null }, 'b.c': 1, __proto__x: 1 });
    expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, a: { $ne: null }, 'b.c': 1, __proto__x: 1 });
  });

  test('nothing happened that nobody foresaw', () => {
    expect(world.logged.filter((line) => line.includes('SQLSTATE'))).toEqual([]);
  });
});
