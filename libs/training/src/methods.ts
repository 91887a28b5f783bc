import type { MethodName } from '@winnow/contracts';
import type { Method } from './method';
import { ce } from './methods/ce';
import { dfnd } from './methods/dfnd';
import { dist } from './methods/dist';
import { fitnet } from './methods/fitnet';
import { kd } from './methods/kd';
import { kd3 } from './methods/kd3/kd3';
import { kdKnown } from './methods/kd-known';
import { modul } from './methods/modul/modul';
import { simkd } from './methods/simkd';
import { winnow } from './methods/winnow';
import { winnow1 } from './methods/winnow-1';

/** Every way to train a student, by name; to add one, write its file and add a line. */
export const METHODS: Readonly<Record<MethodName, Method>> = {
  winnow,
  modul,
  kd,
  'kd-known': kdKnown,
  ce,
  fitnet,
  simkd,
  dist,
  dfnd,
  kd3,
  'winnow-1': winnow1,
};
