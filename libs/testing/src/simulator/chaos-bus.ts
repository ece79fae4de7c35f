import { type Bus, busErrors, type ConsumeOptions, type Delivery, type MemoryBroker } from '@gts/messaging';
import type { Life } from './sim-process';

const UNKNOWN_MS = 2000;
const NETWORK_MS = 4;

const isCommand = ({ stream }: Delivery): boolean => stream.startsWith('CMD_');

/** The broker as one life of a process sees it: slow, forgetful of acknowledgements, away during elections. */
export function chaosBus(life: Life, broker: MemoryBroker, election: () => boolean): Bus {
  const { time, dice, chaos } = life.process.world;
  const connection = broker.connect();
  life.atDeath(() => connection.cut());
  const network = () => time.sleep(dice.delayMs(NETWORK_MS));

  /** An outcome that stays unknown: the message may be stored or not. */
  const unknown = async (subject: string): Promise<never> => {
    await time.sleep(UNKNOWN_MS);
    throw busErrors.PUBLISH_TIMEOUT(subject);
  };
  const publish: Bus['publish'] = async (message) => {
    await network();
    if (election()) throw busErrors.NO_RESPONDERS(message.subject);
    if (dice.chance(chaos.lostPublish)) return unknown(message.subject);
    const ack = await connection.publish(message);
    if (dice.chance(chaos.lostAck)) return unknown(message.subject);
    await network();
    return ack;
  };
  const receive = (delivery: Delivery) => received(life, delivery);
  const consume = (options: ConsumeOptions) => {
    const onMessage = (delivery: Delivery) =>
      (isCommand(delivery) && dice.chance(chaos.lostDelivery)) ||
      void time.after(dice.delayMs(NETWORK_MS), () => life.alive && options.onMessage(receive(delivery)));
    return connection.consume({ ...options, onMessage });
  };
  return {
    publish: (message) => life.mortal(() => publish(message)),
    consume,
    next: (ref, options) =>
      life.mortal(async () => {
        await network();
        const delivery = await connection.next(ref, options);
        return delivery && receive(delivery);
      }),
    info: (ref) => life.mortal(() => connection.info(ref)),
    stream: (name) => life.mortal(() => connection.stream(name)),
    message: (stream, seq) => life.mortal(() => connection.message(stream, seq)),
  };
}

/** A message in the hands of one life: what it answers travels, may be lost, and ends with it. */
function received(life: Life, delivery: Delivery): Delivery {
  const { time, dice, chaos } = life.process.world;
  const answer = (send: () => void, reliable: boolean) => {
    if (!life.alive || (!reliable && dice.chance(chaos.lostAck))) return;
    time.after(dice.delayMs(NETWORK_MS), send);
  };
  life.process.world.tally.redeliveries += delivery.deliveryCount > 1 ? 1 : 0;
  return {
    ...delivery,
    ack: () => answer(() => delivery.ack(), false),
    nak: (delayMs) => answer(() => delivery.nak(delayMs), true),
    working: () => answer(() => delivery.working(), true),
  };
}
