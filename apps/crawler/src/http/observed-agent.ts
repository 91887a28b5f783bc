import type { Socket } from 'node:net';
import { Agent, Client, Pool } from 'undici';
import type { buildConnector, Dispatcher } from 'undici';

/** What the transport of one request tells about it. */
export interface TransferObserver {
  /** The request is written to an open connection, which may be long after it was asked for. */
  onSent(connection: Socket): void;
  /** A piece of the body has arrived, still encoded. */
  onData(bytes: number): void;
}

/** Option of a request, beside undici's own. */
export interface ObservedRequest {
  readonly observer?: TransferObserver;
}

type Connect = buildConnector.connector;
type AgentOptions = Omit<Agent.Options, 'connect' | 'factory'> & { readonly connect: Connect };

/** An agent whose requests may be observed, together with the connections that they use. */
export function createObservedAgent(options: AgentOptions): Agent {
  return new Agent({
    ...options,
    factory: (origin, poolOptions) => new Pool(origin, { ...(poolOptions as Pool.Options), factory: observedClient }),
  });
}

/** A client has one connection at a time, and one request on it. */
function observedClient(origin: URL, options: object): Dispatcher {
  const { connect } = options as { connect: Connect };
  let connection: Socket | undefined;
  const client = new Client(origin, {
    ...options,
    connect: (dial, callback) =>
      connect(dial, (...result) => {
        if (result[1] !== null) connection = result[1];
        callback(...result);
      }),
  });
  const dispatch = client.dispatch.bind(client);
  client.dispatch = (request, handler) => {
    const { observer } = request as ObservedRequest;
    if (observer !== undefined) observe(handler as unknown as PlainHandler, observer, () => connection);
    return dispatch(request, handler);
  };
  return client;
}

/** The handler of `request`, without the layers of undici's interceptors, each of which parses all headers once more. */
interface PlainHandler {
  onConnect(...args: readonly unknown[]): void;
  onData(chunk: Buffer): boolean;
}

function observe(handler: PlainHandler, observer: TransferObserver, connectionOf: () => Socket | undefined): void {
  const onConnect = handler.onConnect.bind(handler);
  const onData = handler.onData.bind(handler);
  handler.onConnect = (...args) => {
    onConnect(...args);
    const connection = connectionOf();
    if (connection !== undefined) observer.onSent(connection);
  };
  handler.onData = (chunk) => {
    observer.onData(chunk.length);
    return onData(chunk);
  };
}
