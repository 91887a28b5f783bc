import { EmptyState } from '../../parts/empty-state';

export default function ImagesPage(): React.JSX.Element {
  return <EmptyState title="Images" />;
}
