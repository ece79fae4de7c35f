import { brokerSubjects } from '@gts/contracts';
import type { ServiceName } from '@gts/kernel';
import type { Msg, NatsConnection } from 'nats';
import type { Cancel } from './ports';

/**
 * Hints from one replica of a service to all of them, itself too: at most once, in no order, kept nowhere. Whoever
 * hears one a second late, or never, must still do right.
 */
export interface Broadcasts {
  /** `data` is JSON, `topic` one token. Nothing while the connection is closed. */
  tell(topic: string, data: unknown): void;
  /** What is heard is unparsed; undefined where it was no JSON. */
  hear(topic: string, told: (data: unknown) => void): Cancel;
}

/** Undefined where the message is no JSON. */
function jsonOf(msg: Msg): unknown {
  try {
    return msg.json();
  } catch {
    return undefined;
  }
}

type Options = Readonly<{ nc: NatsConnection; service: ServiceName }>;

/** Broadcasts over core publish, on subjects that no other service may use. */
export function createBroadcasts({ nc, service }: Options): Broadcasts {
  const subject = (topic: string) => brokerSubjects.broadcast(service, topic);
  return {
    tell: (topic, data) => {
      if (!nc.isClosed()) nc.publish(subject(topic), JSON.stringify(data));
    },
    hear: (topic, told) => {
      const callback = (error: unknown, msg: Msg) => {
        if (!error) told(jsonOf(msg));
      };
      const subscription = nc.subscribe(subject(topic), { callback });
      return () => subscription.unsubscribe();
    },
  };
}
