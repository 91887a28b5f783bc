const STORED_AS = 'winnow.key';
const CHANNEL = 'winnow.key';
/** An open tab answers at once, or there is none. */
const ANSWER_MILLIS = 400;

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

function askOtherTabs(): Promise<string | null> {
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
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<KeyMessage>) => {
    if ('asks' in data) channel.postMessage({ key } satisfies KeyMessage);
  };
}
