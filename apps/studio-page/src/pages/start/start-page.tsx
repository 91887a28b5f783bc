import { useProject } from '../../server/project';

export default function StartPage(): React.JSX.Element {
  const { name } = useProject();
  return <h1>{name}</h1>;
}
