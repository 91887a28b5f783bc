import type { Dispatcher } from 'undici';

/** Option of a request, beside undici's own. */
export interface SentNotice {
  /** Called when the request is written to an open connection. */
  readonly onSent?: (() => void) | undefined;
}

/** Lets requests of a dispatcher tell when they are really sent, which may be long after they were asked for. */
export function withSentNotice(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const { onSent } = options as SentNotice;
    if (onSent !== undefined) {
      const start = handler.onRequestStart?.bind(handler);
      handler.onRequestStart = (controller, context) => {
        onSent();
        start?.(controller, context);
      };
    }
    return dispatch(options, handler);
  });
}
