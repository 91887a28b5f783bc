const STORED_AS = 'winnow.key';
const CHANNEL = 'winnow.key';
/** How long an open tab may take to answer: on a machine that has much else to do, or one that sleeps. */
const ANSWER_MILLIS = 10_000;

type KeyMessage = { readonly asks: true } | { readonly key: string };

/**
 * The key of this tab: of the link's fragment, which is taken out of the address; else of this tab's session; else of
 * another open tab. Null: somebody has to open the link.
 */
export async function findAccessKey(): Promise<string | null> {
  const fromLink = /^#(?:key=)?([\w-]{20,})$/.exec(location.hash)?.[1];
  if (fromLink !== undefined) {
    sessionStorage.setItem(STORED_AS, fromLink);
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  const key = sessionStorage.getItem(STORED_AS) ?? (await askOtherTabs());
  if (key !== null) {
    sessionStorage.setItem(STORED_AS, key);
    answerOtherTabs(key);
  }
  return key;
}

async function askOtherTabs(): Promise<string | null> {
  const { held = [] } = await navigator.locks.query();
  if (!held.some(({ name }) => name === CHANNEL)) return null;
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise((resolve) => {
    const finish = (key: string | null): void => {
      clearTimeout(timer);
      channel.close();
      resolve(key);
    };
    const timer = setTimeout(() => finish(null), ANSWER_MILLIS);
    channel.onmessage = ({ data }: MessageEvent<KeyMessage>) => {
      if ('key' in data) finish(data.key);
    };
    channel.postMessage({ asks: true } satisfies KeyMessage);
  });
}

function answerOtherTabs(key: string): void {
  // Shows others that there is somebody to ask, as long as this tab is there.
  void navigator.locks.request(CHANNEL, { mode: 'shared' }, () => new Promise(() => undefined));
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<KeyMessage>) => {
    if ('asks' in data) channel.postMessage({ key } satisfies KeyMessage);
  };
}
