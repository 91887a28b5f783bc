import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './style/tokens.css';
import './style/base.css';
import { startDecisions } from './decisions/decision-queue';
import { followOtherOpinions } from './decisions/other-opinions';
import { Locked, NobodyThere } from './frame/page-states';
import { listenToKeys } from './keys/key-layers';
import { applyPreferences } from './parts/preferences';
import { createPageRouter } from './router';
import { findAccessKey } from './server/access-key';
import { sendWithKey, StudioError } from './server/client';
import { followEvents } from './server/event-stream';
import { fetchProject, queryClient } from './server/project';
import { refreshAfter } from './server/refresh';

const RETRY_MILLIS = 1000;

/** Key, project, page: in this order, as each needs the one before. */
async function start(): Promise<void> {
  const root = createRoot(document.getElementById('page') as HTMLElement);
  applyPreferences();
  const key = await findAccessKey();
  if (key === null) return root.render(<Locked />);
  sendWithKey(key);
  for (;;) {
    try {
      const { name, file, person } = await fetchProject();
      startDecisions(`${name} ${file}`, person.name);
      followOtherOpinions(person.name);
      break;
    } catch (error) {
      if (error instanceof StudioError && error.status === 401) return root.render(<Locked />);
      root.render(<NobodyThere />);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
  listenToKeys();
  followEvents(refreshAfter);
  return root.render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={createPageRouter()} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
